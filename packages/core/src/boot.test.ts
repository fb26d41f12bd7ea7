import { definePlugin, Guard, Memory, Router } from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createArmature } from "./create-armature.js";
import { ask } from "./runners.fixture.js";
import { defineTask } from "./task.js";

const models = { fast: openai({ model: "gpt-4.1-mini", apiKey: "none" }) };
const journal = memoryJournal();

function router(name: string, more: object = {}) {
  return definePlugin({
    name,
    contract: 1,
    provides: [Router],
    setup: ({ provide }) => provide(Router, { name, route: () => Promise.reject(new Error("unused")) }),
    ...more,
  });
}

async function problemsOf(boot: Promise<unknown>): Promise<string> {
  return boot.then(
    () => "it booted",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );
}

describe("booting", () => {
  it("names everything that is wrong at once, before any plugin has run", async () => {
    const ran: string[] = [];
    const first = definePlugin({ name: "first", contract: 1, requires: [Memory], setup: () => void ran.push("first") });
    const old = definePlugin({ name: "old", contract: 0 });
    const strict = definePlugin({ name: "strict", contract: 1, options: z.object({ size: z.number() }) });
    const said = await problemsOf(
      createArmature({
        models,
        plugins: [first(), old(), strict({ size: "big" as never }), router("a")(), router("b")()],
      }),
    );
    expect(said).toMatch(/^CONFIG_INVALID: 5 problems/);
    expect(said).toContain("journal: missing");
    expect(said).toContain('plugin "first" requires Memory, and no plugin provides it');
    expect(said).toContain('plugin "old" was written for contract 0');
    expect(said).toContain('plugin "strict": options.size');
    expect(said).toContain("Router can have one provider, and has 2: a, b");
    expect(ran).toEqual([]);
  });

  it("names what is wrong with plugins and with tasks in one list", async () => {
    const old = definePlugin({ name: "old", contract: 0 });
    const task = defineTask({
      name: "wrong",
      input: z.object({ question: z.string() }),
      output: z.object({ answer: z.string() }),
      prompt: "nowhere@1",
      models: ["gigantic"],
    });
    const said = await problemsOf(createArmature({ models, journal, plugins: [old()], tasks: [task] }));
    expect(said).toMatch(/^CONFIG_INVALID: 3 problems/);
    for (const what of ['plugin "old"', 'no model "gigantic"', "nowhere"]) expect(said).toContain(what);
  });

  it("finds a cycle and draws it", async () => {
    const a = definePlugin({ name: "a", contract: 1, provides: [Memory], requires: [Router] });
    const b = definePlugin({ name: "b", contract: 1, provides: [Router], requires: [Memory] });
    expect(await problemsOf(createArmature({ models, journal, plugins: [a(), b()] }))).toContain("a → b → a");
  });

  it("sets plugins up in dependency order and disposes them in reverse", async () => {
    const events: string[] = [];
    const base = router("base", {
      setup(registrar: Parameters<NonNullable<ReturnType<typeof router>["definition"]["setup"]>>[0]) {
        events.push("base up");
        registrar.provide(Router, { name: "base", route: () => Promise.reject(new Error("unused")) });
        registrar.onDispose(() => void events.push("base down"));
      },
    });
    const top = definePlugin({
      name: "top",
      contract: 1,
      requires: [Router],
      setup({ get, onDispose }) {
        events.push(`top up on ${get(Router).name}`);
        onDispose(() => void events.push("top down"));
      },
    });
    const app = await createArmature({ models, journal, plugins: [top(), base()] });
    await app.close();
    expect(events).toEqual(["base up", "top up on base", "top down", "base down"]);
  });

  it("disposes what was set up when a later plugin fails, and names the one that failed", async () => {
    const events: string[] = [];
    const good = definePlugin({
      name: "good",
      contract: 1,
      setup: ({ onDispose }) => onDispose(() => void events.push("down")),
    });
    const bad = definePlugin({ name: "bad", contract: 1, setup: () => Promise.reject(new Error("no disk")) });
    expect(await problemsOf(createArmature({ models, journal, plugins: [good(), bad()] }))).toContain(
      'plugin "bad" could not be set up: no disk',
    );
    expect(events).toEqual(["down"]);
  });

  it("refuses a plugin that provides what it has not declared, or declares what it does not provide", async () => {
    const sly = definePlugin({ name: "sly", contract: 1, setup: ({ provide }) => provide(Guard, {} as never) });
    const lazy = definePlugin({ name: "lazy", contract: 1, provides: [Guard] });
    expect(await problemsOf(createArmature({ models, journal, plugins: [sly()] }))).toContain("without declaring it");
    expect(await problemsOf(createArmature({ models, journal, plugins: [lazy()] }))).toContain("did not provide it");
  });

  it("names a task's unknown model, prompt variable and store, by file and field", async () => {
    const task = defineTask({
      name: "wrong",
      input: z.object({ query: z.string() }),
      output: z.object({ answer: z.string() }),
      prompt: ask,
      models: ["fast", "gigantic"],
      retrieve: { limit: 1, stores: ["library"] },
    });
    const said = await problemsOf(createArmature({ models, journal, tasks: [task] }));
    expect(said).toContain('there is no model "gigantic"; the models are: fast');
    expect(said).toContain('there is no document store "library"');
    expect(said).toContain("question");
  });

  it("names a prompt that would lose what the task retrieves", async () => {
    const task = defineTask({
      name: "lost",
      input: z.object({ question: z.string() }),
      output: z.object({ answer: z.string() }),
      prompt: ask,
      models: ["fast"],
      retrieve: { limit: 1 },
    });
    const said = await problemsOf(createArmature({ models, journal, tasks: [task] }));
    expect(said).toContain('task "lost": retrieve: prompt ask@1.0.0 never mentions passages');
  });

  it("refuses a definition with bad limits, naming each field", () => {
    const define = () =>
      defineTask({
        name: "no good",
        input: z.string(),
        output: z.string(),
        prompt: "x@1",
        models: [],
        limits: { deadlineMs: -1, reaks: 2 } as never,
      });
    expect(define).toThrow(/limits\.deadlineMs/);
    expect(define).toThrow(/reaks/);
    expect(define).toThrow(/models is empty/);
  });

  it("refuses a definition without its parts, naming each field", () => {
    const define = () => defineTask({ name: "t", output: { type: "object" } } as never);
    for (const field of ["input must be", "output must be", "prompt is missing", "models must be"]) {
      expect(define).toThrow(field);
    }
    expect(define).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("refuses a definition whose parts are of another shape, naming each field", () => {
    const messages = [{ role: "user", content: "{{question}}" }];
    const tool = { name: "look", description: "Looks it up.", parameters: z.object({}) };
    const define = () =>
      defineTask({
        name: "t",
        input: z.string(),
        output: z.string(),
        prompt: { name: "ask", version: "1.0.0", messages },
        models: [undefined],
        retrieve: { limit: -1, stores: "docs", onfailure: "degrade" },
        tools: [tool, null],
        cache: "yes",
        about: "billing",
      } as never);
    for (const field of [
      'prompt must be a name such as "triage@1", or what definePrompt returned',
      "models must be a list of names",
      "retrieve.limit: Too small",
      "retrieve.stores: Invalid input",
      'retrieve: Unrecognized key: "onfailure"',
      "tools[0]: is no Tool: its run is undefined and not function",
      "tools[1]: is no Tool but null",
      "cache: Invalid input",
      "about: must be a function",
    ]) {
      expect(define).toThrow(`task "t": ${field}`);
    }
  });

  it("refuses two tasks, and two tools of a task, of one name", async () => {
    const tool = { name: "look", description: "?", parameters: z.object({}), run: async () => null };
    const common = { input: z.object({ question: z.string() }), output: z.object({}), prompt: ask, models: ["fast"] };
    const first = defineTask({ ...common, name: "triage" });
    const second = defineTask({ ...common, name: "triage", tools: [tool, { ...tool }] });
    const said = await problemsOf(createArmature({ models, journal, tasks: [first, second] }));
    expect(said).toContain('tasks: there are two tasks "triage"');
    expect(said).toContain('task "triage": tools: there are two tools "look"');
  });

  it("ends a run whose input throws as it is read in an outcome", async () => {
    const app = await createArmature({ models, journal: memoryJournal() });
    const input = z.object({ question: z.string() });
    const task = defineTask({ name: "t", input, output: z.object({}), prompt: ask, models: ["fast"] });
    const evil = {
      get question(): string {
        throw new Error("no");
      },
    };
    expect(await app.run(task, evil)).toMatchObject({ ok: false, failure: { code: "INPUT_INVALID" } });
    await app.close();
  });

  it("accepts no more requests once it closes", async () => {
    const app = await createArmature({ models, journal: memoryJournal() });
    const task = defineTask({
      name: "late",
      input: z.object({ question: z.string() }),
      output: z.object({}),
      prompt: ask,
      models: ["fast"],
    });
    await app.close();
    expect(await app.run(task, { question: "?" })).toMatchObject({ ok: false, failure: { code: "SHUTTING_DOWN" } });
  });
});
