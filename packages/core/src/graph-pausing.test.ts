import { Command, MemorySaver } from "@langchain/langgraph";
import { afterEach, describe, expect, it } from "vitest";
import { house, input, open, task, thread } from "./graphs.fixture.js";
import { outcomeOf } from "./outcome.js";
import { defineTask } from "./task.js";

afterEach(() => house.close());

describe("pausing", () => {
  it("keeps a paused record, and ends the same request when it is resumed", async () => {
    const { app, record, provider } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile({ checkpointer: new MemorySaver(), interruptBefore: ["call"] });
    const paused = await graph.invoke({ input }, thread);
    expect(provider.log).toHaveLength(0);
    expect(await record(paused.requestId)).toMatchObject({ status: "paused", result: null });
    const ended = await graph.invoke(null, thread);
    expect(ended.requestId).toBe(paused.requestId);
    expect(outcomeOf(ended, task)).toMatchObject({ ok: true, value: { answer: 42 } });
    const finished = await record(paused.requestId);
    expect(finished).toMatchObject({ status: "finished", result: { ok: true } });
    expect(finished?.timings.map(({ stage }) => stage)).toEqual(["route", "retrieve", "prompt", "call", "validate"]);
    expect(provider.log).toHaveLength(1);
  });

  it("keeps a paused record also when it pauses before its first stage", async () => {
    const { app, record } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile({ checkpointer: new MemorySaver(), interruptBefore: ["route"] });
    const paused = await graph.invoke({ input }, thread);
    expect(await record(paused.requestId)).toMatchObject({ status: "paused" });
    const ended = await graph.invoke(null, thread);
    expect(await record(ended.requestId)).toMatchObject({ status: "finished", requestId: paused.requestId });
  });

  it("does not count the pause against the deadline", async () => {
    const { app } = await open(() => '{"answer": 42}');
    const quick = defineTask({ ...task, limits: { ...task.limits, deadlineMs: 500 } });
    const graph = app.graph(quick).compile({ checkpointer: new MemorySaver(), interruptBefore: ["call"] });
    await graph.invoke({ input }, thread);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(outcomeOf(await graph.invoke(null, thread), quick)).toMatchObject({ ok: true });
  });

  it("takes what a person changed while it was paused", async () => {
    const { app, provider } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile({ checkpointer: new MemorySaver(), interruptBefore: ["call"] });
    await graph.invoke({ input }, thread);
    await graph.updateState(thread, { messages: [{ role: "user", content: "Say 42." }] });
    await graph.invoke(null, thread);
    expect(provider.log[0]?.body).toMatchObject({ messages: [{ role: "user", content: "Say 42." }] });
  });

  it("resumes by a command", async () => {
    const { app, record } = await open(() => '{"answer": 42}');
    const graph = app.graph(task).compile({ checkpointer: new MemorySaver(), interruptAfter: ["prompt"] });
    const paused = await graph.invoke({ input }, thread);
    const ended = await graph.invoke(new Command({ resume: true }), thread);
    expect(await record(paused.requestId)).toMatchObject({ status: "finished" });
    expect(ended.candidate).toEqual({ json: { answer: 42 } });
  });
});
