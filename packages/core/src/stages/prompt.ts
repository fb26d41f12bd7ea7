import type { JsonValue, MemoryItem, Message, Passage, RequestState, StablePrefix } from "@armature/contracts";
import { askInWords } from "@armature/output";
import { frameVariables, render, renderedHash, stablePrefix } from "@armature/prompts";
import { failure } from "../failure-of.js";
import { variablesFor } from "../prompt-variables.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";

/** Tokens that a chat format adds around each message; a bound over the known formats. */
const MESSAGE_OVERHEAD_TOKENS = 6;

/** Renders the prompt and packs it into the smallest window of the ladder, dropping the worst passages first. */
export async function prompt(state: RequestState, services: Services): Promise<Patch> {
  const { prompt: source, promptFields, promptHash, promptWhy, task } = services.task;
  const input = task.input.parse(state.input) as JsonValue;
  const room = roomFor(state, services);
  let passages = state.retrieval?.passages ?? [];
  let memories = state.retrieval?.memories ?? [];
  const dropped = [...(state.retrieval?.dropped ?? [])];
  for (;;) {
    const { messages, stable } = compose(input, services, passages, memories);
    const tokens = tokensOf(messages, room, services);
    if (tokens === undefined || tokens <= room) {
      return {
        messages,
        rendering: {
          name: source.name,
          version: source.version,
          ...(promptWhy !== undefined && { why: promptWhy }),
          hash: promptHash,
          renderedHash: renderedHash(messages),
          variables: variablesFor(promptFields, input),
          ...(tokens !== undefined && { tokens }),
          ...(stable && { stablePrefix: stable }),
          parameters: source.parameters,
        },
        ...(state.retrieval && { retrieval: { ...state.retrieval, passages, memories, dropped } }),
      };
    }
    if (passages.length > 0) {
      const { id, store, score } = passages.at(-1)!;
      dropped.push({ id, store, score, reason: "over the token budget" });
      passages = passages.slice(0, -1);
    } else if (memories.length > 0) {
      dropped.push({ id: memories[0]!.id, reason: "over the token budget" });
      memories = memories.slice(1);
    } else {
      const message = `The prompt has ${tokens} tokens; the smallest window of the ladder leaves room for ${room}.`;
      return { failure: failure("CONTEXT_TOO_LONG", message, { details: { tokens, room } }) };
    }
  }
}

function roomFor(state: RequestState, { runtime, task }: Services): number {
  const rungs = state.routing?.ladder ?? task.task.models.map((route) => ({ route }));
  const windows = rungs.map(({ route }) => runtime.models.get(route)!.capabilities.contextTokens);
  return Math.min(...windows) - task.task.limits.maxOutputTokens;
}

interface Composed {
  readonly messages: readonly Message[];
  readonly stable: StablePrefix | undefined;
}

function compose(
  input: JsonValue,
  { task, runtime }: Services,
  passages: readonly Passage[],
  memories: readonly MemoryItem[],
): Composed {
  const messages = render(
    task.prompt,
    frameVariables(input, { passages, memories, ...(task.responseSchema && { schema: task.responseSchema }) }),
  );
  const history = task.placesMemories ? [] : memories.flatMap((item) => item.messages);
  const stable = stablePrefix(task.prompt);
  const composed = history.length === 0 ? { messages, stable } : beforeLastUser({ messages, stable }, history);
  const inWords = task.task.models.some((name) => runtime.models.get(name)!.capabilities.structuredOutput === "prompt");
  if (!task.responseSchema || !inWords) return composed;
  return inFront({ role: "system", content: askInWords(task.responseSchema) }, composed);
}

/** The schema in words belongs to the task and is as stable as the prompt behind it. */
function inFront(words: Message, { messages, stable }: Composed): Composed {
  return { messages: [words, ...messages], stable: stable && { ...stable, messages: stable.messages + 1 } };
}

/** What is remembered varies: nothing behind it is stable any more. */
function beforeLastUser({ messages, stable }: Composed, history: readonly Message[]): Composed {
  const last = messages.findLastIndex((message) => message.role === "user");
  const at = last === -1 ? messages.length : last;
  return {
    messages: [...messages.slice(0, at), ...history, ...messages.slice(at)],
    stable: stable && stable.messages >= at ? { messages: at, parts: 0 } : stable,
  };
}

/**
 * The tokens of the messages; nothing where they surely fit. A token is at least a byte of the text in every byte-level
 * vocabulary, so a prompt that is small beside its window need not be counted.
 */
function tokensOf(messages: readonly Message[], room: number, { runtime }: Services): number | undefined {
  const texts = messages.map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content)));
  const overhead = messages.length * MESSAGE_OVERHEAD_TOKENS;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), overhead);
  if (bytes <= room) return undefined;
  return texts.reduce((sum, text) => sum + runtime.tokenizer.count(text), overhead);
}
