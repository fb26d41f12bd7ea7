import { MemorySaver } from "@langchain/langgraph";
import { afterEach, expect, it, vi } from "vitest";
import { house, input, mark, open, task, thread, trail } from "./graphs.fixture.js";
import { outcomeOf } from "./outcome.js";
import { STANDARD_TABLE } from "./table.js";
import { writeAtOnce } from "./write-at-once.js";

afterEach(() => house.close());

/** A compiled graph with a node of its own, which pauses before the call. */
async function compiled() {
  const { app } = await open(() => '{"answer": 42}');
  const builder = app.graph(task).field("trail", trail).before("retrieve", "first", mark("first"));
  return builder.compile({ checkpointer: new MemorySaver(), interruptBefore: ["call"] });
}

it("leaves LangGraph's own writers nothing to do in a run", async () => {
  const graph = await compiled();
  const writers = Object.values(graph.nodes).flatMap((node) => node.writers);
  const calls = writers.map((writer) => vi.spyOn(writer, "invoke"));
  const paused = await graph.invoke({ input }, thread);
  expect(paused).toMatchObject({ trail: ["first"], input });
  expect(outcomeOf(await graph.invoke(null, thread), task)).toMatchObject({ ok: true, value: { answer: 42 } });
  expect(calls.length).toBeGreaterThan(7);
  for (const call of calls) expect(call).not.toHaveBeenCalled();
});

it("lets LangGraph run its nodes where somebody listens to them", async () => {
  const graph = await compiled();
  const seen: string[] = [];
  const listener = { handleChainStart: (...[, , , , , , , name]: unknown[]) => void seen.push(String(name)) };
  const paused = await graph.invoke({ input }, { ...thread, callbacks: [listener] });
  expect(paused).toMatchObject({ trail: ["first"], input });
  expect(seen).toEqual(expect.arrayContaining(["route", "first", "retrieve", "prompt"]));
});

it("lets LangGraph write and decide for a node that somebody speaks for", async () => {
  const graph = await compiled();
  await graph.invoke({ input }, thread);
  await graph.updateState(thread, { trail: ["by hand"] }, "validate");
  expect(await graph.getState(thread)).toMatchObject({ next: ["log"], values: { trail: ["first", "by hand"] } });
});

it("leaves a graph alone whose nodes wait for something else", () => {
  const getNode = () => undefined;
  const names = ["__start__", ...Object.keys(STANDARD_TABLE.nodes)];
  const nodes = Object.fromEntries(
    names.map((name) => [name, { triggers: [`to:${name}`], bound: {} as never, getNode }]),
  );
  writeAtOnce(nodes, STANDARD_TABLE, () => undefined);
  for (const name of names) expect(nodes[name]?.getNode).toBe(getNode);
});
