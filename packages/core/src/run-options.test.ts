import { afterEach, describe, expect, it } from "vitest";
import { type House, numberTask, openHouse, RUNNERS } from "./runners.fixture.js";

const task = numberTask(["fast"]);

let house: House;
afterEach(() => house.close());

async function open() {
  house = await openHouse(() => '{"answer": 1}');
}

describe.each(RUNNERS)("what a caller without types may give, in %s", (_, run) => {
  it.each([
    ["key", 3],
    ["tenant", null],
    ["tenant", "acme\ud800"],
    ["user", { name: "ana" }],
    ["thread", Symbol("t")],
  ])("ends as INPUT_INVALID where %s is no text, and is recorded", async (name, value) => {
    await open();
    const outcome = await run(house, task, { question: "?" }, { [name]: value } as never);
    expect(outcome).toMatchObject({
      ok: false,
      failure: { code: "INPUT_INVALID", message: expect.stringContaining(name) },
    });
    expect(await house.record(outcome.requestId)).toMatchObject({ status: "finished" });
    expect(house.provider.log).toEqual([]);
  });

  it("reads each part of the input once, and holds what it read", async () => {
    await open();
    let reads = 0;
    const input = {
      get question(): string {
        if (++reads > 1) throw new Error("no more");
        return "once?";
      },
    };
    const outcome = await run(house, task, input);
    expect(outcome).toMatchObject({ ok: true, value: { answer: 1 } });
    expect(reads).toBe(1);
    expect((await house.record(outcome.requestId))?.state.input).toEqual({ question: "once?" });
  });
});

describe("options that are null", () => {
  it("end a run and a stream as INPUT_INVALID", async () => {
    await open();
    const failed = { ok: false, failure: { code: "INPUT_INVALID" } };
    expect(await house.app.run(task, { question: "?" }, null as never)).toMatchObject(failed);
    const events = [];
    for await (const event of house.app.stream(task, { question: "?" }, null as never)) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: "outcome", outcome: failed });
  });

  it("are no options of an operation", async () => {
    await open();
    expect(await house.app.checkPersist({ a: 1 }, null as never)).toMatchObject({ ok: true, value: { a: 1 } });
  });
});

describe("what is given by mistake", () => {
  /** The outcomes of a run and of a stream. */
  async function both(given: unknown, options: object) {
    const outcomes = [await house.app.run(given as unknown as typeof task, { question: "?" }, options)];
    for await (const event of house.app.stream(given as unknown as typeof task, { question: "?" }, options)) {
      if (event.type === "outcome") outcomes.push(event.outcome);
    }
    return outcomes;
  }

  it.each([
    ["its controller", new AbortController()],
    ["true", true],
  ])("as a signal, such as %s, ends as INPUT_INVALID and is recorded", async (_, signal) => {
    await open();
    const failed = { ok: false, failure: { code: "INPUT_INVALID", message: expect.stringContaining('"signal"') } };
    expect(await both(task, { signal })).toMatchObject([failed, failed]);
    expect(await house.records()).toMatchObject(Array(2).fill({ status: "finished", failureCode: "INPUT_INVALID" }));
    expect(house.provider.log).toEqual([]);
  });

  it.each([
    ["nothing", undefined],
    ["its name", "answer"],
    ["what defineTask takes", { ...task, limits: undefined }],
  ])("as a task, such as %s, ends as CONFIG_INVALID", async (_, given) => {
    await open();
    const failed = { ok: false, failure: { code: "CONFIG_INVALID", message: expect.stringContaining("defineTask") } };
    expect(await both(given, {})).toMatchObject([failed, failed]);
    expect(() => house.app.graph(given as unknown as typeof task)).toThrow(/defineTask/);
  });
});

it("keeps a key named __proto__ as what it is", async () => {
  await open();
  const input = JSON.parse('{"question": "?", "__proto__": {"polluted": true}}');
  const outcome = await house.app.run(task, input);
  const kept = (await house.record(outcome.requestId))!.state.input as object;
  expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  expect(Object.hasOwn(kept, "__proto__")).toBe(true);
});
