import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArmatureError, DocumentStore, definePlugin, Router, Tool } from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createArmature } from "./create-armature.js";
import { ask } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const models = { fast: openai({ model: "gpt-4.1-mini", apiKey: "none" }) };
const whole = { models, journal: memoryJournal() };

async function problemsOf(options: object): Promise<string[]> {
  const error: ArmatureError = await createArmature(options as never).then(
    () => expect.fail("it booted"),
    (thrown) => thrown,
  );
  expect(error.code, String(error.stack)).toBe("CONFIG_INVALID");
  return (error.facts.details?.problems as string[] | undefined) ?? [error.message];
}

function task(more: object = {}) {
  const input = z.object({ question: z.string() });
  return defineTask({ name: "t", input, output: z.object({}), prompt: ask, models: ["gigantic"], ...more });
}

describe("the shape of options", () => {
  it.each<[string, object, RegExp]>([
    [
      "a budget under another name",
      { budgets: [{ scope: "task", window: "day", limitUsd: 1 }] },
      /^budgets\[0\]\.usd: /,
    ],
    ["an unknown window", { budgets: [{ scope: "task", window: "dya", usd: 1 }] }, /^budgets\[0\]\.window: /],
    ["a budget that is nothing", { budgets: [null] }, /^budgets\[0\]: /],
    ["a misspelled option", { budget: [] }, /"budget"/],
    [
      "a price that is no number",
      { prices: { "gpt-4.1": { input: Number.NaN, output: 1 } } },
      /^prices\.gpt-4\.1\.input: /,
    ],
    ["a plugin that is nothing", { plugins: [undefined] }, /^plugins\[0\]: is no plugin/],
    ["a plugin that was not called", { plugins: [definePlugin({ name: "p", contract: 1 })] }, /"p" was not called/],
    [
      "a token that is none",
      { plugins: [definePlugin({ name: "p", contract: 1, provides: [undefined as never] })()] },
      /provides\[0\]/,
    ],
    ["no models", { models: undefined }, /^models: /],
    [
      "a journal that is none",
      { journal: { write: () => undefined } },
      /^journal: is no Journal: its open is undefined/,
    ],
    ["a prompt that is none", { prompts: [3] }, /^prompts\[0\]: is no prompt/],
    ["a task that is none", { tasks: [{ name: "t" }] }, /^tasks\[0\]: is no task/],
  ])("names the field of %s", async (_, wrong, named) => {
    expect(await problemsOf({ ...whole, ...wrong })).toContainEqual(expect.stringMatching(named));
  });

  it("is told among all else that is wrong", async () => {
    const old = definePlugin({ name: "old", contract: 0 });
    const said = await problemsOf({ ...whole, budgets: [null], plugins: [undefined, old()], tasks: [task()] });
    for (const what of [/budgets\[0\]/, /plugins\[0\]/, /"old"/, /"gigantic"/]) {
      expect(said).toContainEqual(expect.stringMatching(what));
    }
    expect(said).toHaveLength(4);
  });
});

describe("problems of tasks", () => {
  it("stand beside the bad options of a plugin that provides a store", async () => {
    const store = definePlugin({
      name: "store",
      contract: 1,
      provides: [DocumentStore, Tool],
      options: z.strictObject({ path: z.string() }),
    });
    const said = await problemsOf({ ...whole, plugins: [store({} as never)], tasks: [task()] });
    expect(said).toEqual([expect.stringContaining('"gigantic"'), expect.stringContaining("options.path")]);
  });

  it("stand beside a folder of prompts that cannot be read", async () => {
    const said = await problemsOf({ ...whole, prompts: "/nonexistent/prompts", tasks: [task({ prompt: "x@1" })] });
    expect(said).toEqual([expect.stringContaining("/nonexistent/prompts"), expect.stringContaining('"gigantic"')]);
  });
});

describe("a boot that fails after its plugins were set up", () => {
  const folder = mkdtempSync(join(tmpdir(), "boot-"));
  it.each([
    ["its journal cannot be opened", { journal: "/nonexistent/x.db" }, "JOURNAL_UNAVAILABLE"],
    ["a task asks for a model that no plugin brings", { journal: join(folder, "a.db") }, "CONFIG_INVALID"],
  ])("disposes them where %s", async (_, more, code) => {
    const events: string[] = [];
    const plugin = definePlugin({
      name: "plugin",
      contract: 1,
      provides: [Tool],
      setup({ provide, onDispose }) {
        provide(Tool, { name: "a tool", description: "?", parameters: 3 as never, run: async () => null });
        onDispose(() => void events.push("down"));
        onDispose(() => Promise.reject(new Error("it will not go")));
      },
    });
    const tasks = [task({ models: ["fast"] })];
    await expect(createArmature({ models, ...more, plugins: [plugin()], tasks })).rejects.toMatchObject({ code });
    expect(events).toEqual(["down"]);
    if (code === "CONFIG_INVALID") rmSync(folder, { recursive: true });
  });
});

describe("what plugins provide", () => {
  it("may not be required by its only provider", async () => {
    const self = definePlugin({ name: "self", contract: 1, provides: [Router], requires: [Router] });
    expect(await problemsOf({ ...whole, plugins: [self()] })).toEqual([
      'plugin "self" requires Router, and nobody but itself provides it',
    ]);
  });

  it("must have the members of its contract", async () => {
    const setup = ({ provide }: { provide: (token: typeof Router, router: never) => void }) =>
      provide(Router, "notarouter" as never);
    const wrong = definePlugin({ name: "wrong", contract: 1, provides: [Router], setup });
    expect(await problemsOf({ ...whole, plugins: [wrong()] })).toEqual([expect.stringContaining("is no Router")]);
  });

  it("may have options that have to be waited for", async () => {
    const options = z.object({ key: z.string().refine(async (key) => key !== "bad", "is no key") });
    const plugin = definePlugin({ name: "waits", contract: 1, options });
    expect(await problemsOf({ ...whole, plugins: [plugin({ key: "bad" })] })).toEqual([
      'plugin "waits": options.key: is no key',
    ]);
    await (await createArmature({ ...whole, plugins: [plugin({ key: "good" })] })).close();
  });
});

describe("a plugin that never ends", () => {
  const never = () => new Promise<void>(() => {});
  const good = (events: string[]) =>
    definePlugin({
      name: "good",
      contract: 1,
      setup: ({ onDispose }) => onDispose(() => void events.push("down")),
    })();

  it("fails the boot after a minute of its set-up, and what was set up is disposed", async () => {
    const clock = virtualClock();
    const events: string[] = [];
    const hung = definePlugin({ name: "hung", contract: 1, setup: never });
    const boot = createArmature({ ...whole, clock, plugins: [good(events), hung()] });
    const ended = expect(boot).rejects.toMatchObject({ code: "PLUGIN_FAILED", facts: { plugin: "hung" } });
    await clock.advance(59_999);
    expect(events).toEqual([]);
    await clock.advance(1);
    await ended;
    expect(events).toEqual(["down"]);
  });

  it("is left behind ten seconds after it was told to go, and the others go", async () => {
    const clock = virtualClock();
    const events: string[] = [];
    const hung = definePlugin({ name: "hung", contract: 1, setup: ({ onDispose }) => onDispose(never) });
    const app = await createArmature({ ...whole, clock, plugins: [good(events), hung()] });
    const ended = expect(app.close()).rejects.toThrow(/"hung" has not disposed of what it held within 10 seconds/);
    await clock.advance(10_000);
    await ended;
    expect(events).toEqual(["down"]);
  });
});
