import { dirname, relative, resolve } from "node:path";
import { checkPrompts, describeCheck, type LockSubject, readPromptLock } from "@armature/prompts";
import { describe, expect, it } from "vitest";
import { type LockedApplication, lockSubjects } from "./lock-subjects.js";

/**
 * Fails, with the difference and the commands to run next, unless every prompt of the application is what the lock file
 * says was evaluated and accepted. Offline and free. A folder of prompts is relative to the lock file's, as in
 * `armature.config.ts`.
 */
export async function expectPromptsLocked(application: LockedApplication, lockFile: string): Promise<void> {
  const { prompts } = application;
  const here = typeof prompts === "string" ? { prompts: resolve(dirname(lockFile), prompts) } : {};
  const subjects = await lockSubjects({ ...application, ...here }, readPromptLock(lockFile));
  expectSubjectsLocked(subjects, lockFile);
}

/** The same for prompts and surroundings that are at hand: of another framework, say. */
export function expectSubjectsLocked(subjects: readonly LockSubject[], lockFile: string): void {
  // A suite often runs from the root of a repository, and the commands from the application's folder.
  const folder = relative(process.cwd(), dirname(resolve(lockFile))) || undefined;
  const failed = checkPrompts(subjects, readPromptLock(lockFile)).filter(({ status }) => status !== "OK");
  if (failed.length > 0) expect.fail(`\n${failed.flatMap((check) => describeCheck(check, folder)).join("\n")}`);
}

/** A test for each task of the application: its prompt is what the lock file says was accepted. */
export function describePrompts(application: LockedApplication, lockFile: string): void {
  describe(`the prompts under ${lockFile}`, () => {
    it.each((application.tasks ?? []).map((task) => [task.name, task] as const))("task %s", async (_name, task) => {
      await expectPromptsLocked({ ...application, tasks: [task] }, lockFile);
    });
  });
}
