import type { JsonObject, JsonValue, Model } from "@armature/contracts";
import { AIMessage, type BaseMessage, type ToolMessage } from "@langchain/core/messages";
import { z } from "zod";
import { leafLines } from "../json-diff.js";

const jsonObject = z.record(z.string(), z.json());

/** One call of a model: what it was asked, and what it said. */
export const RecordedCall = z.strictObject({
  request: z.strictObject({
    provider: z.string(),
    model: z.string(),
    /** The call options in the words of the provider's family: bounds, tools, schema. */
    options: jsonObject,
    messages: z.array(
      z.strictObject({
        role: z.string(),
        content: z.json(),
        toolCalls: z.array(jsonObject).optional(),
        toolCallId: z.string().optional(),
      }),
    ),
  }),
  /** The fields of LangChain's `AIMessage`. */
  answer: z.looseObject({ content: z.json() }),
});
export type RecordedCall = z.infer<typeof RecordedCall>;
export type RecordedRequest = RecordedCall["request"];

/** What belongs to this run and not to the question. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  "signal",
  "timeout",
  "callbacks",
  "runId",
  "runName",
  "tags",
  "metadata",
]);

export function requestOf(
  { provider, name }: Model,
  messages: readonly BaseMessage[],
  options: object,
): RecordedRequest {
  const asked = Object.entries(options).filter(([option]) => !OF_THE_RUN.has(option));
  return {
    provider,
    model: name,
    options: plain(Object.fromEntries(asked)) as JsonObject,
    messages: messages.map((message) => {
      const { tool_calls: calls } = message as AIMessage;
      const { tool_call_id: toolCallId } = message as ToolMessage;
      return {
        role: message.getType(),
        content: plain(message.content),
        ...(calls?.length && { toolCalls: plain(calls) as JsonObject[] }),
        ...(toolCallId !== undefined && { toolCallId }),
      };
    }),
  } as RecordedRequest;
}

/** Requests with the same key ask the same, whatever order their options were written in. */
export function keyOf(request: RecordedRequest): string {
  return leafLines(request as JsonObject).join("\n");
}

export function answerOf(message: AIMessage): RecordedCall["answer"] {
  const { content, tool_calls, invalid_tool_calls, additional_kwargs, response_metadata, usage_metadata } = message;
  const fields = { content, tool_calls, invalid_tool_calls, additional_kwargs, response_metadata, usage_metadata };
  return plain(fields) as RecordedCall["answer"];
}

export function messageOf(answer: RecordedCall["answer"]): AIMessage {
  return new AIMessage(answer as ConstructorParameters<typeof AIMessage>[0]);
}

/** A request as people read it, for a difference line by line. */
export function linesOf({ provider, model, options, messages }: RecordedRequest): string[] {
  return [
    `${provider} ${model}`,
    ...leafLines(options as JsonObject),
    ...messages.flatMap(({ role, content, ...more }) => [
      `## ${role}`,
      ...(typeof content === "string" ? content.split("\n") : leafLines(content as JsonValue)),
      ...leafLines(more as JsonObject),
    ]),
  ];
}

function plain(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
