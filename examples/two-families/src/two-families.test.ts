import type { Armature } from "@armature/core";
import { type Fault, type Provider, startProvider } from "@armature/testkit/provider";
import { afterEach, expect, it } from "vitest";
import { contact, createApp, respond } from "./contact.js";

let provider: Provider;
let app: Armature;
afterEach(async () => {
  await app.close();
  await provider.close();
});

async function ask(fault?: Fault) {
  provider = await startProvider({ respond, faults: { "gpt-4.1-mini": () => fault } });
  app = await createApp(provider);
  return app.run(contact, { sentence: "This is Ada from Bergen, please call back." });
}

const value = { name: "Ada", town: "Bergen" };

it("asks the first model alone while it answers", async () => {
  const outcome = await ask();
  expect(outcome).toMatchObject({ ok: true, value, route: "first" });
  expect(provider.log.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
});

it("gets the same value from the other family when the first is down, and says what it tried", async () => {
  const outcome = await ask({ kind: "status", status: 503 });
  expect(outcome).toMatchObject({ ok: true, value, route: "second" });
  expect(outcome.attempts.map(({ route, fault }) => [route, fault?.kind])).toEqual([
    ["first", "overloaded"],
    ["first", "overloaded"],
    ["second", undefined],
  ]);
  expect(outcome.attempts.at(-1)).toMatchObject({
    model: "claude-haiku-4-5",
    usage: { outputTokens: expect.any(Number) },
  });
  expect(provider.log.at(-1)).toMatchObject({ path: "/v1/messages", body: { tool_choice: { name: "contact" } } });
});

it("does not take a refusal of one family for a reason to ask the other", async () => {
  const outcome = await ask({ kind: "content_filter" });
  expect(outcome).toMatchObject({ ok: false, failure: { code: "CONTENT_FILTERED" } });
  expect(provider.log).toHaveLength(1);
});
