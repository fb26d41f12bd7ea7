import { type Armature, createArmature, defineTask } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { anthropic } from "@armature/plugin-model-anthropic";
import { definePrompt } from "@armature/prompts";
import { type Fault, type Provider, type Reply, type Responder, startProvider } from "@armature/testkit/provider";
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

it("tells the second family where its prompt's stable part ends, and pays what came from the provider's cache as such", async () => {
  const cached = new Set<string>();
  // As the API does: what stands in front of a mark is written once, and read from then on.
  const caching: Responder = (request) => {
    const system = request.body.system as { text: string; cache_control?: unknown }[];
    const marked = system[0]?.cache_control ? system[0].text : undefined;
    const isKnown = marked !== undefined && cached.has(marked);
    if (marked !== undefined) cached.add(marked);
    const part = isKnown ? { cachedInputTokens: 1_800 } : { cacheWriteTokens: 1_800 };
    const usage = { inputTokens: 2_000, outputTokens: 10, ...(marked !== undefined && part) };
    return { ...(respond(request) as Reply), usage };
  };
  provider = await startProvider({ respond: caching });
  app = await createArmature({
    models: { second: anthropic({ model: "claude-haiku-4-5", baseUrl: provider.origin }) },
    journal: memoryJournal(),
    budgets: [{ scope: "global", window: "day", usd: 1 }],
  });
  const task = defineTask({
    ...contact,
    models: ["second"],
    prompt: definePrompt({
      name: "contact",
      version: "1.1.0",
      messages: [
        { role: "system", content: "Read the name and the town out of the sentence." },
        { role: "user", content: "<!-- varying -->\n{{sentence}}" },
      ],
    }),
  });
  const costs = [];
  for (const name of ["Ada", "Bo"]) {
    const outcome = await app.run(task, { sentence: `${name} from Bergen calls.` });
    expect(outcome).toMatchObject({ ok: true, value: { name, town: "Bergen" } });
    costs.push(outcome.costMicroUsd);
  }
  // Dollars a million tokens: 1 for input, 1.25 to write the cache, 0.1 to read it, 5 for output.
  expect(costs).toEqual([200 + 1_800 * 1.25 + 10 * 5, 200 + 1_800 * 0.1 + 10 * 5]);
});

it.each(["first", "second"])(
  "gives a tool with a JSON Schema to the %s model and reads its arguments the same",
  async (route) => {
    const ran: unknown[] = [];
    const look = {
      name: "look",
      description: "Looks a town up.",
      parameters: {
        properties: { town: { type: "string" }, limit: { type: "integer", default: 5 } },
        required: ["town"],
      },
      run: async (args: unknown) => {
        ran.push(args);
        return "Norway";
      },
    };
    const now = { name: "now", description: "The time.", parameters: {}, run: async (args: unknown) => ran.push(args) };
    provider = await startProvider({
      respond: (request) => {
        if (request.messages.at(-1)?.role === "tool") return respond(request);
        return {
          toolCalls: [
            { name: "look", arguments: { town: "Bergen", limit: "3" } },
            { name: "now", arguments: "" },
          ],
        };
      },
    });
    app = await createApp(provider);
    const task = defineTask({ ...contact, models: [route], tools: [look, now] });
    expect(await app.run(task, { sentence: "This is Ada from Bergen." })).toMatchObject({ ok: true, value, route });
    expect(ran).toEqual([{ town: "Bergen", limit: 3 }, {}]);
    const offered = JSON.stringify((provider.log[0]!.body as { tools: unknown }).tools);
    expect(offered).toContain(JSON.stringify({ type: "object", ...look.parameters }));
  },
);
