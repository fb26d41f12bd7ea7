import type { RequestRecord } from "@armature/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GraphBuilder } from "../graph-builder.js";
import { type House, numberTask, openHouse } from "../runners.fixture.js";

const task = numberTask(["fast", "strong"], { deadlineMs: 3_000, attemptTimeoutMs: 1_000 });

let house: House;
beforeEach(async () => {
  house = await openHouse(({ text }) => (text.includes("Translate") ? "how many?" : '{"answer": 42}'));
});
afterEach(() => house.close());

/** The record of a request on this graph, as it comes back from the disk. */
async function recorded(builder: Pick<GraphBuilder, "compile">): Promise<RequestRecord> {
  const { requestId } = await builder.compile().invoke({ input: { question: "wie viele?" } });
  return JSON.parse(JSON.stringify(await house.record(requestId)));
}

/** A node that asks a model through its context, draws, and names what it made. */
function translating(name = "translate") {
  return house.app.graph(task).before("prompt", name, async (_, { models, random, ids }) => {
    const { text } = await models.call("fast", [{ role: "user", content: "Translate." }]);
    return { input: { question: `${text} ${random.next()} ${ids.next()}` } };
  });
}

const answering = (answer: number) =>
  house.app.graph(task).replace("call", () => ({
    answer: { text: JSON.stringify({ answer }), toolCalls: [], finish: "stop" as const },
  }));

describe("a replay by the builder of the graph", () => {
  it("runs added nodes again, and serves what they asked through their context", async () => {
    const record = await recorded(translating());
    const asked = house.provider.log.length;
    expect(asked).toBe(2);
    expect(await translating().replay(record)).toEqual({ status: "equal" });
    expect(house.provider.log).toHaveLength(asked);
    expect(await house.records()).toHaveLength(1);
  });

  it("runs what stands in the place of a stage, and names what it came to", async () => {
    const record = await recorded(answering(1));
    expect(record.result).toEqual({ ok: true, value: { answer: 1 } });
    expect(await answering(1).replay(record)).toEqual({ status: "equal" });
    const replay = await answering(2).replay(record);
    expect(replay).toMatchObject({ status: "diverged", divergence: { what: "the result" } });
  });
});

describe("a replay by another graph", () => {
  it.each([
    ["an added node", () => translating(), '"translate" before "prompt"'],
    ["a replaced stage", () => answering(42), 'another "call"'],
  ])("is refused by the application for %s", async (_what, builder, named) => {
    const record = await recorded(builder());
    expect(await house.app.replay(task, record)).toEqual({
      status: "unreplayable",
      why: [expect.stringContaining(named)],
    });
    expect(await house.app.replay(task, record)).toMatchObject({ why: [expect.stringContaining(".replay(record)")] });
  });

  it("is refused by a builder that has placed other nodes, or none", async () => {
    const record = await recorded(translating());
    for (const other of [translating("interpret"), translating().replace("call", () => ({})), house.app.graph(task)]) {
      expect(await other.replay(record)).toMatchObject({ status: "unreplayable" });
    }
    const plain = await recorded(house.app.graph(task));
    expect(await translating().replay(plain)).toMatchObject({
      status: "unreplayable",
      why: [expect.stringContaining("the standard nodes only")],
    });
    expect(await house.app.replay(task, plain)).toEqual({ status: "equal" });
  });
});
