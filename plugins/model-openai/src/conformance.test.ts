import { describeModel } from "@armature/testkit";
import { type Provider, startProvider } from "@armature/testkit/provider";
import { afterAll, beforeAll, describe } from "vitest";
import { openai } from "./openai.js";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ respond: () => "Hello to you too" });
});
afterAll(() => provider.close());

// One of each way to ask for JSON, and one that reasons.
describe.each(["gpt-4.1-mini", "gpt-4", "qwen3", "gpt-5-mini"])("%s", (model) => {
  describeModel(() => openai({ model, baseUrl: provider.url, apiKey: "k" }));
});
