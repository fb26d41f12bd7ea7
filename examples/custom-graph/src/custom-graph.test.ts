import { type Armature, createArmature, outcomeOf } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { type Provider, startProvider } from "@armature/testkit/provider";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refundGraph } from "./custom-graph.js";
import { reviewGraph } from "./own-graph.js";
import { refund, respond } from "./refund.js";

const journal = memoryJournal();
let provider: Provider;
let app: Armature;

beforeEach(async () => {
  provider = await startProvider({ respond });
  const model = (name: string) => openai({ model: name, baseUrl: provider.url });
  app = await createArmature({ models: { fast: model("gpt-4.1-mini"), strong: model("gpt-4.1") }, journal });
});
afterEach(async () => {
  await app.close();
  await provider.close();
});

describe("the refund graph", () => {
  it.each([
    ["The lamp for 740 arrived broken.", 740, "strong", "pay"],
    ["I do not like the cup for 12.", 12, "fast", "refuse"],
  ])("pauses %j before the call and decides when it is resumed", async (complaint, amount, route, decision) => {
    const graph = refundGraph(app);
    const thread = { configurable: { thread_id: complaint } };
    const paused = await graph.invoke({ input: { complaint } }, thread);
    expect(paused.amount).toBe(amount);
    expect(provider.log).toHaveLength(0);
    expect(await journal.read(paused.requestId)).toMatchObject({ status: "paused" });

    const outcome = outcomeOf(await graph.invoke(null, thread), refund);
    expect(outcome).toMatchObject({ ok: true, route, value: { decision } });
    expect(provider.log).toHaveLength(1);
    expect(await journal.read(outcome.requestId)).toMatchObject({ status: "finished", requestId: paused.requestId });
  });

  it("draws its own node between route and retrieve", async () => {
    const drawn = (await refundGraph(app).getGraphAsync()).drawMermaid();
    expect(drawn).toContain("route -.-> find-amount");
    expect(drawn).toContain("find-amount -.-> retrieve");
  });
});

describe("the graph written by hand", () => {
  const input = { complaint: "The lamp arrived broken." };
  const review = async (text: string) =>
    (await reviewGraph.invoke({ input, answer: { text, toolCalls: [], finish: "stop" } })).advice;

  it("accepts what satisfies the task's output, also in a fence", async () => {
    expect(await review('```json\n{"decision": "pay", "reason": "It broke."}\n```')).toBe(
      'Store {"decision":"pay","reason":"It broke."}.',
    );
  });

  it("names the fields that do not", async () => {
    expect(await review('{"decision": "perhaps"}')).toBe("Ask again: decision, reason.");
  });
});
