import { definePlugin, Guard, type Plugin, type RequestRecord, type Token } from "@armature/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { type House, numberTask, openHouse, RUNNERS } from "./runners.fixture.js";

let house: House;
afterEach(() => house.close());

/** A plugin that provides one thing, of whatever shape. */
function bring<T>(token: Token<T>, provider: unknown): Plugin {
  const setup = ({ provide }: { provide: (token: Token<T>, provider: T) => void }) => provide(token, provider as T);
  return definePlugin({ name: "bad", contract: 1, provides: [token], setup })();
}

function guard(check: () => unknown): Plugin {
  return bring(Guard, { name: "g", boundaries: ["input"], check });
}

describe.each(RUNNERS)("whatever a plugin does, in %s", (_, run) => {
  it.each([
    [
      "a guard throws what cannot be a text",
      guard(() => {
        throw Object.create(null);
      }),
      { code: "PLUGIN_FAILED", plugin: "g" },
    ],
  ])("the request ends in one outcome and one record where %s", async (_what, plugin, failure) => {
    house = await openHouse(() => '{"answer": 1}', { plugins: [plugin] });
    const outcome = await run(house, numberTask(["fast"]), { question: "?" }, { thread: "t" });
    expect(outcome).toMatchObject({ ok: false, failure });
    const record = (await house.record(outcome.requestId)) as RequestRecord;
    expect(record).toMatchObject({ status: "finished", result: { ok: false, failure } });
    expect(await house.records()).toHaveLength(1);
  });
});
