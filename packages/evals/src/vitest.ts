import { checkPrompts, describeCheck, type LockSubject, readPromptLock } from "@armature/prompts";
import { describe, expect, it } from "vitest";
import { type LockedApplication, lockSubjects } from "./lock-subjects.js";

/**
 * Fails with the difference and the commands to run next unless every prompt of the application is what the lock file
 * says was evaluated and accepted. Offline and free.
 */
export async function expectPromptsLocked(application: LockedApplication, lockFile: string): Promise<void> {
  const lock = readPromptLock(lockFile);
  expectSubjectsLocked(await lockSubjects(application, lock), lockFile);
}

/** The same for prompts and surroundings that are at hand: of another framework, say. */
export function expectSubjectsLocked(subjects: readonly LockSubject[], lockFile: string): void {
  const failed = checkPrompts(subjects, readPromptLock(lockFile)).filter(({ status }) => status !== "OK");
  if (failed.length > 0) expect.fail(`\n${failed.flatMap(describeCheck).join("\n")}`);
}

/** A test for each task of the application: its prompt is what the lock file says was accepted. */
export function describePrompts(application: LockedApplication, lockFile: string): void {
  describe(`the prompts under ${lockFile}`, () => {
    it.each((application.tasks ?? []).map((task) => [task.name, task] as const))("task %s", async (_name, task) => {
      await expectPromptsLocked({ ...application, tasks: [task] }, lockFile);
    });
  });
}
