import type { CallParameters, Message, StablePrefix } from "@armature/contracts";
import { toLangChain } from "@armature/resilience";
import { type Provider, startProvider } from "@armature/testkit/provider";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anthropic } from "./anthropic.js";

interface Block {
  readonly text?: string;
  readonly cache_control?: unknown;
}
interface Body {
  readonly system: string | readonly Block[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
}

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider({ respond: () => "Oslo" });
});
afterEach(() => provider.close());

const conversation: readonly Message[] = [
  { role: "system", content: "Rules." },
  { role: "user", content: "An example." },
  { role: "assistant", content: "Its answer." },
  {
    role: "user",
    content: [
      { type: "text", text: "Sort this:\n" },
      { type: "text", text: "what varies" },
    ],
  },
];

async function sent(
  stablePrefix: StablePrefix | undefined,
  messages = conversation,
  more: Partial<CallParameters> = {},
) {
  const { chat, callOptions } = anthropic({ model: "claude-haiku-4-5", baseUrl: provider.origin });
  const parameters = { maxOutputTokens: 20, ...more, ...(stablePrefix && { stablePrefix }) };
  await chat.invoke(toLangChain(messages), callOptions(parameters));
  return provider.log.at(-1)?.body as Body;
}

const blocksOf = (content: string | readonly Block[]) => (typeof content === "string" ? [{ text: content }] : content);

/** The texts of a body, in order, and those that carry a mark. */
function textsOf({ system, messages }: Body) {
  const blocks: readonly Block[] = [system, ...messages.map(({ content }) => content)].flatMap(blocksOf);
  const marked = blocks.filter(({ cache_control }) => cache_control !== undefined);
  return { texts: blocks.map(({ text }) => text), marked: marked.map(({ text }) => text), marks: marked };
}

describe("the mark of the prompt cache", () => {
  it.each<[StablePrefix | undefined, string[]]>([
    [undefined, []],
    [{ messages: 0, parts: 0 }, []],
    [{ messages: 1, parts: 0 }, ["Rules."]],
    [{ messages: 2, parts: 0 }, ["An example."]],
    [{ messages: 3, parts: 0 }, ["Its answer."]],
    [{ messages: 3, parts: 1 }, ["Sort this:\n"]],
    [{ messages: 4, parts: 0 }, ["what varies"]],
    [{ messages: 5, parts: 0 }, []],
  ])("of %j stands at its end, and moves no text", async (prefix, expected) => {
    const { texts, marked, marks } = textsOf(await sent(prefix));
    expect(marked).toEqual(expected);
    for (const { cache_control } of marks) expect(cache_control).toEqual({ type: "ephemeral" });
    expect(texts).toEqual(["Rules.", "An example.", "Its answer.", "Sort this:\n", "what varies"]);
  });

  it("stands on no empty text, which the API refuses", async () => {
    const empty: Message = { role: "system", content: "" };
    expect(textsOf(await sent({ messages: 1, parts: 0 }, [empty, ...conversation.slice(1)])).marked).toEqual([]);
  });

  it("counts the messages of the call, not the schema that is said in words between them", async () => {
    const responseSchema = { name: "rows", schema: { type: "array", items: { type: "string" } } };
    const first = textsOf(await sent({ messages: 2, parts: 0 }, conversation, { responseSchema }));
    expect(first.texts[1]).toMatch(/JSON Schema/);
    expect(first.marked).toEqual(["An example."]);
  });

  it("leaves the beginning of an answer to be continued, without its white space", async () => {
    const prefilled: Message[] = [...conversation.slice(0, 2), { role: "assistant", content: "It is " }];
    const { messages } = await sent({ messages: 1, parts: 0 }, prefilled);
    expect(messages.at(-1)).toEqual({ role: "assistant", content: "It is" });
    expect(textsOf(await sent({ messages: 3, parts: 0 }, prefilled)).marked).toEqual(["It is"]);
  });

  it("is sent with streams too", async () => {
    const { chat, callOptions } = anthropic({ model: "claude-haiku-4-5", baseUrl: provider.origin });
    const options = callOptions({ maxOutputTokens: 20, stablePrefix: { messages: 1, parts: 0 } });
    for await (const _ of await chat.stream(toLangChain(conversation), options));
    expect(textsOf(provider.log.at(-1)?.body as Body).marked).toEqual(["Rules."]);
  });
});
