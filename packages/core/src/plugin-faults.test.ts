import {
  DocumentStore,
  definePlugin,
  Guard,
  type GuardSubject,
  Memory,
  type Plugin,
  type RequestRecord,
  Router,
  type Token,
  Tool,
  type Verdict,
} from "@armature/contracts";
import { definePrompt } from "@armature/prompts";
import type { Responder } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type House, numberTask, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

let house: House;
afterEach(() => house.close());

/** A plugin that provides one thing, of whatever shape. */
function bring<T>(token: Token<T>, provider: unknown): Plugin {
  const setup = ({ provide }: { provide: (token: Token<T>, provider: T) => void }) => provide(token, provider as T);
  return definePlugin({ name: token.name, contract: 1, provides: [token], setup })();
}

function guard(check: () => unknown): Plugin {
  return bring(Guard, { name: "g", boundaries: ["input"], check });
}

function router(route: () => unknown): Plugin {
  return bring(Router, { name: "r", route });
}

function memory(recall: () => unknown, remember: () => unknown = async () => {}): Plugin {
  return bring(Memory, { recall, remember, forget: remember });
}

function store(search: () => unknown, version?: () => unknown): Plugin {
  const nothing = async () => {};
  return bring(DocumentStore, { name: "s", search, version, add: nothing, delete: nothing, erase: nothing });
}

const passage = { id: "1", documentId: "1", text: "t", store: "s", score: 1, start: 0, end: 1 };
const reads = definePrompt({
  name: "reads",
  version: "1.0.0",
  messages: [{ role: "user", content: "{{question}} {{#passages}}{{text}}{{/passages}}" }],
});

/** Reads the store where there is one. */
function taskFor(plugin: Plugin, onFailure: "fail" | "degrade" = "fail") {
  const task = numberTask(["fast"]);
  const isStore = plugin.definition.provides?.some(({ key }) => key === DocumentStore.key);
  return isStore ? defineTask({ ...task, prompt: reads, retrieve: { limit: 3, onFailure } }) : task;
}

function tool(run: () => unknown): Plugin {
  return bring(Tool, { name: "look", description: "Looks it up.", parameters: z.object({}), run });
}

/** Asks for the tool once, and answers what it has said. */
const LOOKS: Responder = ({ messages }) =>
  messages.at(-1)?.role === "tool" ? '{"answer": 1}' : { toolCalls: [{ name: "look", arguments: {} }] };

describe.each(RUNNERS)("whatever a plugin does, in %s", (_, run) => {
  it.each([
    [
      "a guard throws what cannot be a text",
      guard(() => {
        throw Object.create(null);
      }),
      { code: "PLUGIN_FAILED", plugin: "g" },
    ],
    [
      "a guard returns a finding that is none",
      guard(async () => ({ action: "redact", findings: [null] })),
      { code: "PLUGIN_FAILED", plugin: "g" },
    ],
    [
      "a guard returns what no JSON can say",
      guard(async () => ({ action: "flag", findings: [], reason: 1n })),
      { code: "PLUGIN_FAILED", plugin: "g" },
    ],
    [
      "a router returns a ladder that is none",
      router(async () => ({ ladder: "fast" })),
      { code: "PLUGIN_FAILED", plugin: "r" },
    ],
    [
      "a router returns a rung that is none",
      router(async () => ({ ladder: [null] })),
      { code: "PLUGIN_FAILED", plugin: "r" },
    ],
    [
      "a router returns what no JSON can say",
      router(async () => ({ ladder: [{ route: "fast", reason: 1n }], scores: [] })),
      { code: "PLUGIN_FAILED", plugin: "r" },
    ],
    ["a memory returns no list", memory(async () => "x"), { code: "RETRIEVAL_FAILED", plugin: "memory" }],
    [
      "a memory returns what holds no messages",
      memory(async () => [{ id: "1" }]),
      { code: "RETRIEVAL_FAILED", plugin: "memory" },
    ],
    ["a store returns nothing", store(async () => undefined), { code: "RETRIEVAL_FAILED", plugin: "s" }],
    [
      "a store returns a passage that is none",
      store(async () => [passage, null]),
      { code: "RETRIEVAL_FAILED", plugin: "s" },
    ],
    [
      "a store returns what no JSON can say",
      store(async () => [{ ...passage, metadata: { size: 1n } }]),
      { code: "RETRIEVAL_FAILED", plugin: "s" },
    ],
    ["a tool returns what no JSON can say", tool(async () => 1n), { code: "PLUGIN_FAILED", plugin: "look" }],
    ["a tool returns a cycle", tool(async () => cycle()), { code: "PLUGIN_FAILED", plugin: "look" }],
  ])("the request ends in one outcome and one record where %s", async (_what, plugin, failure) => {
    house = await openHouse(LOOKS, { plugins: [plugin] });
    const outcome = await run(house, taskFor(plugin), { question: "?" }, { thread: "t" });
    expect(outcome).toMatchObject({ ok: false, failure });
    const record = (await house.record(outcome.requestId)) as RequestRecord;
    expect(record).toMatchObject({ status: "finished", result: { ok: false, failure } });
    expect(await house.records()).toHaveLength(1);
  });

  it.each([
    ["guard", guard(() => new Promise(() => {}))],
    ["router", router(() => new Promise(() => {}))],
    ["memory", memory(() => new Promise(() => {}))],
    ["store", store(() => new Promise(() => {}))],
    ["tool", tool(() => new Promise(() => {}))],
  ])("the request ends at its deadline, with its record, where a %s hangs", async (_what, plugin) => {
    house = await openHouse(LOOKS, { plugins: [plugin] });
    const task = taskFor(plugin);
    const hurried = { ...task, limits: { ...task.limits, deadlineMs: 200 } };
    const outcome = await run(house, hurried, { question: "?" }, { thread: "t" });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "DEADLINE_EXCEEDED" } });
    expect(await house.record(outcome.requestId)).toMatchObject({ status: "finished" });
  });

  it("goes on without a store that returns no list, where the task degrades", async () => {
    const plugin = store(async () => undefined);
    house = await openHouse(LOOKS, { plugins: [plugin, tool(() => 1)] });
    const outcome = await run(house, taskFor(plugin, "degrade"), { question: "?" });
    expect(outcome).toMatchObject({ ok: true, degraded: ["s failed while retrieving"] });
  });

  it.each([
    [
      "throws at once",
      () => {
        throw new Error("down");
      },
    ],
    ["returns no promise", () => 3],
  ])("does not fail because a store's version %s", async (_what, version) => {
    const plugin = store(async () => [passage], version);
    house = await openHouse(LOOKS, { plugins: [plugin, tool(() => 1)] });
    expect(await run(house, taskFor(plugin), { question: "?" })).toMatchObject({ ok: true, degraded: [] });
  });

  it("does not call a memory degraded that returns no promise", async () => {
    const plugin = memory(
      async () => [],
      () => undefined,
    );
    house = await openHouse(LOOKS, { plugins: [plugin, tool(() => 1)] });
    const outcome = await run(house, taskFor(plugin), { question: "?" }, { thread: "t" });
    expect(outcome).toMatchObject({ ok: true, degraded: [] });
  });

  it.each([
    ["a date", () => new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an object with a JSON of its own", () => ({ toJSON: () => ({ mail: "ada@example.com" }) }), '{"mail":"[mail]"}'],
    ["nothing", () => undefined, "null"],
    ["a function", () => () => 1, "null"],
  ])("shows the model what guards have seen of a tool that returns %s", async (_what, result, shown) => {
    const redacts = bring(Guard, { name: "mail", boundaries: ["tool"], check: findMail });
    house = await openHouse(LOOKS, { plugins: [tool(async () => result()), redacts] });
    expect(await run(house, numberTask(["fast"]), { question: "?" })).toMatchObject({ ok: true });
    expect(house.provider.log.at(-1)?.body).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ role: "tool", content: shown })]),
    });
  });
});

async function findMail({ parts }: GuardSubject): Promise<Verdict> {
  const findings = parts
    .filter(({ text }) => text.includes("@"))
    .map(({ path, text }) => ({ path, start: 0, end: text.length, label: "mail" }));
  return { action: findings.length > 0 ? "redact" : "allow", findings };
}

function cycle(): object {
  const object: { self?: object } = {};
  object.self = object;
  return object;
}
