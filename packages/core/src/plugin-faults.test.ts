import {
  definePlugin,
  Guard,
  type GuardSubject,
  type Plugin,
  type RequestRecord,
  type Token,
  Tool,
  type Verdict,
} from "@armature/contracts";
import type { Responder } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type House, numberTask, openHouse, RUNNERS } from "./runners.fixture.js";

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
    ["a tool returns what no JSON can say", tool(async () => 1n), { code: "PLUGIN_FAILED", plugin: "look" }],
    ["a tool returns a cycle", tool(async () => cycle()), { code: "PLUGIN_FAILED", plugin: "look" }],
  ])("the request ends in one outcome and one record where %s", async (_what, plugin, failure) => {
    house = await openHouse(LOOKS, { plugins: [plugin] });
    const outcome = await run(house, numberTask(["fast"]), { question: "?" }, { thread: "t" });
    expect(outcome).toMatchObject({ ok: false, failure });
    const record = (await house.record(outcome.requestId)) as RequestRecord;
    expect(record).toMatchObject({ status: "finished", result: { ok: false, failure } });
    expect(await house.records()).toHaveLength(1);
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
