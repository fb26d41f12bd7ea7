import type { CallParameters, Model } from "@armature/contracts";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Provider, startProvider } from "../provider/start-provider.js";
import { brokenPromises } from "./broken-promises.js";
import { describeModel, modelPromises } from "./model.js";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ respond: () => "Hello to you too" });
});
afterAll(() => provider.close());

function chatModel(overrides: Partial<Model> = {}): Model {
  return {
    name: "m",
    provider: "openai",
    capabilities: {
      contextTokens: 8_000,
      maxOutputTokens: 1_000,
      structuredOutput: "tool",
      tools: true,
      vision: false,
      streaming: true,
      prefill: false,
    },
    chat: new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL: provider.url } }),
    callOptions: ({ maxOutputTokens, stop, tools, responseSchema }: CallParameters) => ({
      max_completion_tokens: maxOutputTokens,
      ...(stop && { stop }),
      ...(responseSchema && { tools: [{ type: "function", function: { parameters: responseSchema.schema } }] }),
      ...(tools && { tools: tools.map((tool) => ({ type: "function", function: tool })) }),
    }),
    ...overrides,
  };
}

describeModel(() => chatModel());

test.each<[string, () => Partial<Model>, RegExp]>([
  ["no name", () => ({ name: "" }), /names itself/],
  [
    "an output that is larger than its window",
    () => ({ capabilities: { ...chatModel().capabilities, maxOutputTokens: 9_000 } }),
    /fit together/,
  ],
  ["no bound on the output", () => ({ callOptions: () => ({}) }), /ask for/],
  [
    "a schema that it never asks for",
    () => ({ callOptions: (parameters) => chatModel().callOptions(withoutSchema(parameters)) }),
    /ask for/,
  ],
  [
    "an address that nobody serves",
    () => ({
      chat: new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL: `${provider.url}/x` } }),
    }),
    /answers with text/,
  ],
  [
    "streams without usage",
    () => ({
      chat: new ChatOpenAI({
        model: "m",
        apiKey: "k",
        maxRetries: 0,
        streamUsage: false,
        configuration: { baseURL: provider.url },
      }),
    }),
    /streams the same words/,
  ],
])("the suite finds a model with %s", async (_fault, spoiled, promise) => {
  expect((await brokenPromises(modelPromises, () => chatModel(spoiled()))).join("\n")).toMatch(promise);
});

function withoutSchema({ responseSchema: _left, ...rest }: CallParameters): CallParameters {
  return rest;
}
