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
  for (const name of ["__start__", ...Object.keys(STANDARD_TABLE.nodes), "first"]) {
    expect(graph.nodes[name as "route"]!.writers.map((writer) => writer.getName())).toEqual(["write"]);
  }
  const paused = await graph.invoke({ input }, thread);
  expect(paused).toMatchObject({ trail: ["first"], input });
  expect(outcomeOf(await graph.invoke(null, thread), task)).toMatchObject({ ok: true, value: { answer: 42 } });
});

it("lets LangGraph write and decide for a node that somebody speaks for", async () => {
  const graph = await compiled();
  await graph.invoke({ input }, thread);
  await graph.updateState(thread, { trail: ["by hand"] }, "validate");
  expect(await graph.getState(thread)).toMatchObject({ next: ["log"], values: { trail: ["first", "by hand"] } });
});

it("leaves a graph alone whose nodes wait for something else", () => {
  const own = { invoke: vi.fn() } as never;
  const names = ["__start__", ...Object.keys(STANDARD_TABLE.nodes)];
  const nodes = Object.fromEntries(names.map((name) => [name, { triggers: [`to:${name}`], writers: [own] }]));
  writeAtOnce(nodes, STANDARD_TABLE, () => undefined);
  for (const name of names) expect(nodes[name]?.writers).toEqual([own]);
});
