import type { RequestState } from "@armature/contracts";
import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { afterEach, describe, expect, it } from "vitest";
import { house, input, mark, open, task, thread } from "./graphs.fixture.js";
import { outcomeOf } from "./outcome.js";

afterEach(() => house.close());

describe("an ordinary LangGraph graph", () => {
  it("draws itself with its added nodes", async () => {
    const { app } = await open(() => "");
    const drawn = (
      await app.graph(task).before("retrieve", "own", mark("own")).compile().getGraphAsync()
    ).drawMermaid();
    for (const edge of [
      "route -.-> own",
      "own -.-> retrieve",
      "tools -.-> call",
      "repair -.-> call",
      "log --> __end__",
    ])
      expect(drawn.replaceAll("&nbsp;", " ")).toContain(edge);
    expect(drawn).not.toContain("route -.-> retrieve");
  });

  it("streams updates node by node, and values", async () => {
    const { app } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile();
    const seen: string[] = [];
    for await (const update of await graph.stream({ input }, { streamMode: "updates" }))
      seen.push(...Object.keys(update));
    expect(seen).toEqual(["route", "retrieve", "prompt", "call", "validate", "log"]);
    let last: RequestState | undefined;
    for await (const value of await graph.stream({ input }, { streamMode: "values" })) last = value;
    expect(outcomeOf(last!, task)).toMatchObject({ ok: true, value: { answer: 42 } });
    const modes = new Set<string>();
    for await (const [mode] of await graph.stream({ input }, { streamMode: ["updates", "values"] })) modes.add(mode);
    expect([...modes].sort()).toEqual(["updates", "values"]);
  });

  it("answers somebody who listens for tokens", async () => {
    const { app } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile();
    let text = "";
    let end: RequestState | undefined;
    for await (const [mode, part] of await graph.stream({ input }, { streamMode: ["messages", "values"] })) {
      if (mode === "values") end = part;
      else text += part[0].text;
    }
    expect(text).toBe('{"answer": 42}');
    expect(outcomeOf(end!, task)).toMatchObject({ ok: true, value: { answer: 42 } });
    const events = new Map<string, unknown>();
    for await (const { event, data } of graph.streamEvents({ input }, { version: "v2" }))
      events.set(event, data.output);
    expect(events.has("on_chat_model_stream")).toBe(true);
    expect(outcomeOf(events.get("on_chain_end") as RequestState, task)).toMatchObject({ ok: true });
  });

  it("shows somebody who listens for tokens the whole answer of a route that cannot stream", async () => {
    const { app, provider } = await open(() => '{"answer": 42}', { capabilities: { streaming: false } });
    const graph = app.graph(task).compile();
    const texts: string[] = [];
    let end: RequestState | undefined;
    for await (const [mode, part] of await graph.stream({ input }, { streamMode: ["messages", "values"] })) {
      if (mode === "values") end = part;
      else texts.push(part[0].text);
    }
    expect(texts).toEqual(['{"answer": 42}']);
    expect(outcomeOf(end!, task)).toMatchObject({ ok: true, value: { answer: 42 } });
    const events = new Map<string, unknown>();
    for await (const { event, data } of graph.streamEvents({ input }, { version: "v2" }))
      events.set(event, data.output);
    expect(events.get("on_chat_model_end")).toMatchObject({ text: '{"answer": 42}' });
    expect(outcomeOf(events.get("on_chain_end") as RequestState, task)).toMatchObject({ ok: true });
    expect(provider.log.map(({ stream }) => stream)).toEqual([false, false]);
  });

  it("closes the record when the consumer leaves the stream", async () => {
    const { app, record } = await open(() => '{"answer": 42}', { latencyMs: 300 });
    let id = "";
    for await (const value of await app.graph(task).compile().stream({ input }, { streamMode: "values" })) {
      id = value.requestId;
      if (value.rendering) break;
    }
    await expect.poll(async () => (await record(id))?.status).toBe("finished");
    expect((await record(id))?.result).toMatchObject({ ok: false, failure: { code: "CANCELLED" } });
  });

  it("works inside another graph, called from a node or placed as one", async () => {
    const { app, record } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile();
    const State = Annotation.Root({
      input: Annotation<RequestState["input"]>(),
      candidate: Annotation<RequestState["candidate"]>(),
      requestId: Annotation<string>(),
    });
    const placed = new StateGraph(State)
      .addNode("task", graph as never)
      .addEdge(START, "task")
      .addEdge("task", END)
      .compile();
    const called = new StateGraph(State)
      .addNode("task", async ({ input }) => {
        const { candidate, requestId } = await graph.invoke({ input });
        return { candidate, requestId };
      })
      .addEdge(START, "task")
      .addEdge("task", END)
      .compile();
    for (const parent of [placed, called]) {
      const state = await parent.invoke({ input });
      expect(state.candidate).toEqual({ json: { answer: 42 } });
      expect(await record(state.requestId)).toMatchObject({ status: "finished" });
    }
  });

  it("pauses and resumes inside a graph with a checkpointer", async () => {
    const { app, record, provider } = await open(() => '{"answer": 42}');
    const State = Annotation.Root({
      input: Annotation<RequestState["input"]>(),
      candidate: Annotation<RequestState["candidate"]>(),
    });
    const parent = new StateGraph(State)
      .addNode("task", app.graph(task).compile({ interruptBefore: ["call"] }) as never)
      .addEdge(START, "task")
      .addEdge("task", END)
      .compile({ checkpointer: new MemorySaver() });
    await parent.invoke({ input }, thread);
    expect(provider.log).toHaveLength(0);
    const inner = (await parent.getState(thread, { subgraphs: true })).tasks[0]?.state as { values: RequestState };
    expect(await record(inner.values.requestId)).toMatchObject({ status: "paused" });
    const ended = await parent.invoke(null, thread);
    expect(ended.candidate).toEqual({ json: { answer: 42 } });
    expect(await record(inner.values.requestId)).toMatchObject({ status: "finished" });
    expect(provider.log).toHaveLength(1);
  });
});
