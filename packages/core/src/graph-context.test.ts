import type { RunnableConfig } from "@langchain/core/runnables";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { getConfig, MemorySaver } from "@langchain/langgraph";
import { afterEach, expect, it, vi } from "vitest";
import { inContext } from "./graph-context.js";
import { house, input, open, task, thread, trail } from "./graphs.fixture.js";

afterEach(async () => {
  vi.restoreAllMocks();
  await house?.close();
});

/** Runs a graph whose nodes `first` and `second` note, after a wait, which node LangGraph takes them for. */
async function placesOf(config: RunnableConfig): Promise<unknown> {
  const { app } = await open(() => '{"answer": 42}');
  const whereAmI = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { trail: [String(getConfig().metadata?.langgraph_node)] };
  };
  const graph = app
    .graph(task)
    .field("trail", trail)
    .before("retrieve", "first", whereAmI)
    .before("call", "second", whereAmI)
    .compile({ checkpointer: new MemorySaver() });
  return ((await graph.invoke({ input }, { ...thread, ...config })) as unknown as { trail: unknown }).trail;
}

it("tells what a node calls where it is, without a new run of a trace for each", async () => {
  inContext({}, () => undefined);
  const enter = vi.spyOn(AsyncLocalStorageProviderSingleton, "runWithConfig");
  expect(await placesOf({})).toEqual(["first", "second"]);
  const entered = enter.mock.calls.map(([config]) => config?.metadata?.langgraph_node);
  expect(entered.filter((node) => node !== undefined)).toEqual([]);
});

it("tells it as LangChain does where somebody listens", async () => {
  const enter = vi.spyOn(AsyncLocalStorageProviderSingleton, "runWithConfig");
  expect(await placesOf({ callbacks: [{ handleChainStart: () => undefined }] })).toEqual(["first", "second"]);
  const entered = enter.mock.calls.map(([config]) => config?.metadata?.langgraph_node);
  expect(entered).toEqual(expect.arrayContaining(["first", "second"]));
});

it("keeps apart what runs at the same time", async () => {
  const place = (name: string, ms: number) =>
    inContext({ metadata: { name } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return getConfig().metadata?.name;
    });
  expect(await Promise.all([place("a", 3), place("b", 1), place("c", 2)])).toEqual(["a", "b", "c"]);
});

it("stays inside of what surrounds it", async () => {
  const outer = RunnableLambda.from(() => inContext({ metadata: { name: "inner" } }, () => getConfig().metadata));
  const enter = vi.spyOn(AsyncLocalStorageProviderSingleton, "runWithConfig");
  expect(await outer.invoke("x", { metadata: { name: "outer" } })).toMatchObject({ name: "inner" });
  expect(enter.mock.calls.map(([config]) => config?.metadata?.name)).toContain("inner");
});
