import { resilient } from "@armature/resilience";
import { type AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { afterEach, describe, expect, it } from "vitest";
import { claude, FALLBACK, PRIMARY, policy, provider, serve, WORDS } from "./calls.fixture.js";

afterEach(() => provider?.close());

describe("resilient(anthropic(...))", () => {
  it("is a chat model for anybody's chain: fails over, binds tools, streams", async () => {
    await serve(
      { kind: "status", status: 529 },
      {
        respond: ({ messages }) =>
          messages.at(-1)?.role === "tool" ? "It rains." : { toolCalls: [{ id: "t1", name: "look", arguments: {} }] },
      },
    );
    const chat = resilient(claude(PRIMARY), { ...policy, fallbacks: [claude(FALLBACK)] });
    const tool = { name: "look", description: "Looks.", input_schema: { type: "object", properties: {} } };
    const bound = chat.bindTools?.([tool]) ?? chat;
    const called = (await bound.invoke("Weather?")) as AIMessage;
    expect(called.tool_calls).toMatchObject([{ id: "t1", name: "look" }]);
    const result = new ToolMessage({ content: "rain", tool_call_id: "t1" });
    expect((await bound.invoke([new HumanMessage("Weather?"), called, result])).text).toBe("It rains.");
    let text = "";
    for await (const chunk of await bound.stream([new HumanMessage("Weather?"), called, result])) text += chunk.text;
    expect(text).toBe("It rains.");
  });

  it("sends long answers not streamed, which the client alone would refuse", async () => {
    await serve();
    const answer = await resilient(claude(PRIMARY), policy).invoke("hi");
    expect(answer.text).toBe(WORDS);
    expect(provider?.log[0]).toMatchObject({ stream: false, body: { max_tokens: 64_000 } });
  });
});
