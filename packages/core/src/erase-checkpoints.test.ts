import type { ErasureScope, RequestState } from "@armature/contracts";
import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eraseCheckpoints } from "./erase-checkpoints.js";
import { type House, numberTask, openHouse } from "./runners.fixture.js";

const task = numberTask(["fast"]);
const input = { question: "canary?" };

const WHOSE: Record<string, ErasureScope> = {
  "1": { tenant: "acme", user: "ada", thread: "a" },
  "2": { tenant: "acme", user: "ada", thread: "b" },
  "3": { tenant: "acme", user: "bob", thread: "a" },
  "4": { tenant: "acme-2", user: "ada", thread: "a" },
};

let house: House;
let checkpointer: MemorySaver;
beforeEach(async () => {
  house = await openHouse(() => '{"answer": 42}');
  checkpointer = new MemorySaver();
});
afterEach(() => house.close());

async function kept(): Promise<string[]> {
  const threads = new Set<string>();
  for await (const { config } of checkpointer.list({ configurable: {} })) threads.add(config.configurable!.thread_id);
  return [...threads].sort();
}

describe("eraseCheckpoints", () => {
  it.each<[ErasureScope, string[]]>([
    [{ tenant: "acme" }, ["4"]],
    [{ tenant: "acme", user: "ada" }, ["3", "4"]],
    [{ tenant: "acme", thread: "a" }, ["2", "4"]],
    [{ tenant: "acme", user: "bob", thread: "b" }, ["1", "2", "3", "4"]],
    [{ tenant: "acm" }, ["1", "2", "3", "4"]],
  ])("removes the threads of %j and no others, paused and ended", async (scope, left) => {
    const ended = house.app.graph(task).compile({ checkpointer });
    const paused = house.app.graph(task).compile({ checkpointer, interruptBefore: ["call"] });
    for (const [id, whose] of Object.entries(WHOSE)) {
      await (id === "1" ? paused : ended).invoke({ input }, { configurable: { ...whose, thread_id: id } });
    }
    expect(await eraseCheckpoints(checkpointer, scope)).toEqual({
      from: "checkpoints",
      removed: { threads: 4 - left.length },
    });
    expect(await kept()).toEqual(left);
    const gone = await paused.getState({ configurable: { thread_id: "1" } });
    expect(JSON.stringify(gone.values).includes("canary")).toBe(left.includes("1"));
  });

  it("removes what a run had left that died before its first stage", async () => {
    const graph = house.app.graph(task).compile({ checkpointer });
    await graph.invoke({ input }, { configurable: { tenant: "acme", thread_id: "1" } });
    const all = [];
    for await (const tuple of checkpointer.list({ configurable: {} })) all.push(tuple);
    const first = all.at(-1)!;
    checkpointer = new MemorySaver();
    await checkpointer.put({ configurable: { thread_id: "1", checkpoint_ns: "" } }, first.checkpoint, first.metadata!);
    expect((await eraseCheckpoints(checkpointer, { tenant: "acme" })).removed).toEqual({ threads: 1 });
  });

  it("removes the thread of a graph that a task's graph is a part of", async () => {
    const State = Annotation.Root({ input: Annotation<RequestState["input"]>() });
    const parent = new StateGraph(State)
      .addNode("task", house.app.graph(task).compile({ interruptBefore: ["call"] }) as never)
      .addEdge(START, "task")
      .addEdge("task", END)
      .compile({ checkpointer });
    await parent.invoke({ input }, { configurable: { tenant: "acme", thread_id: "outer" } });
    await eraseCheckpoints(checkpointer, { tenant: "acme" });
    expect(await kept()).toEqual([]);
  });
});
