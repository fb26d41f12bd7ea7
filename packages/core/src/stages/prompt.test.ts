import { definePlugin, Memory, type Message, type ModelCapabilities } from "@armature/contracts";
import { definePrompt } from "@armature/prompts";
import { inMemoryMemory } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type House, openHouse, RUNNERS } from "../runners.fixture.js";
import { defineTask } from "../task.js";

let house: House;
afterEach(() => house.close());

const remembering = definePlugin({
  name: "remembering",
  contract: 1,
  provides: [Memory],
  requires: [],
  options: z.object({}),
  setup: ({ provide }) => provide(Memory, inMemoryMemory()),
})({});

const examples = [{ input: { question: "Is it?" }, output: { answer: 1 } }];
const asking = (user: string, withExamples = true) =>
  defineTask({
    name: "asking",
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.number() }),
    prompt: definePrompt({
      name: "ask",
      version: "1.0.0",
      messages: [
        { role: "system", content: "Answer in JSON: {{schema}}" },
        { role: "user", content: user },
      ],
      ...(withExamples && { examples }),
    }),
    models: ["fast"],
  });

const whole = asking("<!-- varying -->\n{{question}}");
const split = asking("Answer this:\n<!-- varying -->\n{{question}}");
const plain = asking("{{question}}");

type Sent = { readonly messages: readonly Message[] };

describe.each(RUNNERS)("the stable prefix, run by %s", (_, run) => {
  async function prefixes(
    task: typeof whole,
    options: { thread?: string; capabilities?: Partial<ModelCapabilities> } = {},
  ) {
    const { thread, capabilities = {} } = options;
    house = await openHouse(() => '{"answer": 1}', { plugins: [remembering], capabilities });
    const found = [];
    for (const question of ["How far?", "How deep?"]) {
      const outcome = await run(house, task, { question }, thread === undefined ? {} : { thread });
      found.push((await house.record(outcome.requestId))?.state.rendering?.stablePrefix);
    }
    return { found, sent: house.provider.log.map(({ body }) => (body as Sent).messages) };
  }

  it.each([
    ["ends with the examples", whole, {}, { messages: 3, parts: 0 }],
    ["ends within a message", split, {}, { messages: 3, parts: 1 }],
    ["ends where what is remembered begins", split, { thread: "t" }, { messages: 3, parts: 0 }],
    [
      "has the schema in words in front of it",
      whole,
      { capabilities: { structuredOutput: "prompt" as const } },
      { messages: 4, parts: 0 },
    ],
  ])("%s, and is what two requests have in common", async (_what, task, options, expected) => {
    const { found, sent } = await prefixes(task, options);
    // Only the second request of a thread has something to remember.
    expect(found.at(-1)).toEqual(expected);
    const { messages, parts } = found.at(-1)!;
    const [a, b] = sent;
    expect(a!.slice(0, messages)).toEqual(b!.slice(0, messages));
    expect(a![messages]!.content.slice(0, parts)).toEqual(b![messages]!.content.slice(0, parts));
    expect(a!.slice(messages)).not.toEqual(b!.slice(messages));
  });

  it("is not there where the prompt says nothing of it", async () => {
    expect((await prefixes(plain)).found).toEqual([undefined, undefined]);
  });
});
