import { describeModel } from "@armature/testkit";
import { type Provider, startProvider } from "@armature/testkit/provider";
import { afterAll, beforeAll } from "vitest";
import { anthropic } from "./anthropic.js";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ respond: () => "Hello to you too" });
});
afterAll(() => provider.close());

describeModel(() => anthropic({ model: "claude-sonnet-4-5", baseUrl: provider.origin, apiKey: "k" }));
