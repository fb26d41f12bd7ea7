import { AIMessageChunk } from "@langchain/core/messages";
import { expect, test } from "vitest";
import { StreamTotals } from "./stream-totals.js";

test("thoughts are shown where progress is looked for", () => {
  const totals = new StreamTotals();
  const thought = new AIMessageChunk({ content: [{ type: "thinking", thinking: "Let me see.", index: 0 }] });
  totals.read(thought);
  expect(thought.additional_kwargs.reasoning_content).toBe("Let me see.");
  const words = new AIMessageChunk({ content: [{ type: "text", text: "So.", index: 1 }] });
  totals.read(words);
  expect(words.additional_kwargs).toEqual({});
});

test("a stream that tells its usage only at the end counts no input", () => {
  const end = new AIMessageChunk({
    content: "",
    additional_kwargs: { stop_reason: "end_turn" },
    usage_metadata: { input_tokens: 0, output_tokens: 5, total_tokens: 5 },
  });
  new StreamTotals().read(end);
  expect(end.usage_metadata).toEqual({ input_tokens: 0, output_tokens: 5, total_tokens: 5 });
});
