import {
  ArmatureError,
  type DocumentStore,
  type MemoryItem,
  type Passage,
  type RequestState,
  type RetrievalTrace,
} from "@armature/contracts";
import { asJson } from "../content.js";
import { isUnaffordable } from "../failure-of.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";
import { aboutOf } from "./route.js";

interface Found<T> {
  readonly items: readonly T[];
  readonly dropped: RetrievalTrace["dropped"];
}

/** Asks the document stores and the memory at once; degrades or fails as the task says. */
export async function retrieve(state: RequestState, services: Services): Promise<Patch> {
  const plan = services.task.task.retrieve;
  const { memory } = services.runtime;
  const recalls = memory !== undefined && state.thread !== null;
  if (!plan && !recalls) return {};
  const query = plan?.query ? plan.query(services.task.task.input.parse(state.input)) : aboutOf(state.input, services);
  const [passages, memories, indexes] = await Promise.all([
    plan ? search(query, services) : nothing<Passage>(),
    recalls ? recall(query, services) : nothing<MemoryItem>(),
    plan ? versions(services) : [],
  ]);
  const dropped = [...passages.dropped, ...memories.dropped];
  return {
    retrieval: {
      query,
      passages: passages.items,
      memories: memories.items,
      dropped,
      ...(indexes.length > 0 && { indexes }),
    },
    degraded: dropped.filter((one) => one.reason.startsWith("failed")).map((one) => `${one.id} ${one.reason}`),
  };
}

function nothing<T>(): Found<T> {
  return { items: [], dropped: [] };
}

async function search(text: string, services: Services): Promise<Found<Passage>> {
  const plan = services.task.task.retrieve!;
  const found = await Promise.all(
    storesOf(services).map((store) =>
      orDegrade(store.name, services, isPassage, () => store.search({ text, limit: plan.limit }, services.context)),
    ),
  );
  const dropped = [...found.flatMap((one) => one.dropped)];
  const items = interleave(found.map((one) => one.items));
  for (const passage of items.slice(plan.limit)) {
    const { id, store, score } = passage;
    dropped.push({ id, store, score, reason: `beyond the limit of ${plan.limit} passages` });
  }
  return { items: items.slice(0, plan.limit), dropped };
}

function storesOf({ task, runtime }: Services): readonly DocumentStore[] {
  const wanted = task.task.retrieve!.stores;
  return runtime.stores.filter((store) => !wanted || wanted.includes(store.name));
}

/** Which version of which index is searched, where stores tell; the record does not fail for its sake. */
async function versions(services: Services): Promise<{ store: string; version: string }[]> {
  const told = storesOf(services).map(async (store) => {
    const version = await (async () => store.version?.(services.context))().catch(() => undefined);
    return typeof version === "string" ? [{ store: store.name, version }] : [];
  });
  return (await Promise.all(told)).flat();
}

// Scores of different stores are not comparable, so the ranks are: first of each store, then second of each.
function interleave(lists: readonly (readonly Passage[])[]): Passage[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list[rank] ?? [])).flat();
}

function recall(text: string, services: Services): Promise<Found<MemoryItem>> {
  const memory = services.runtime.memory!;
  const window = Math.min(
    ...services.task.task.models.map((name) => services.runtime.models.get(name)!.capabilities.contextTokens),
  );
  // A quarter of the smallest window: history must never crowd out the request itself.
  const maxTokens = Math.floor(window / 4);
  return orDegrade("memory", services, isMemory, () => memory.recall({ text, maxTokens }, services.context));
}

async function orDegrade<T>(
  name: string,
  services: Services,
  isItem: (item: Partial<T>) => boolean,
  ask: () => Promise<T[]>,
): Promise<Found<T>> {
  try {
    const items = asJson(await ask()) as unknown as T[];
    if (!Array.isArray(items)) throw new Error("It returned no list.");
    const wrong = items.findIndex((item) => typeof item !== "object" || item === null || !isItem(item));
    if (wrong !== -1) throw new Error(`It returned a list whose item ${wrong} is not what its contract says.`);
    return { items, dropped: [] };
  } catch (cause) {
    if (services.context.signal.aborted) throw cause;
    if (services.task.task.retrieve?.onFailure !== "degrade") {
      if (isUnaffordable(cause)) throw cause;
      throw new ArmatureError("RETRIEVAL_FAILED", `"${name}" failed while retrieving.`, { plugin: name, cause });
    }
    return { items: [], dropped: [{ id: name, reason: "failed while retrieving" }] };
  }
}

function isPassage({ id, text }: Partial<Passage>): boolean {
  return typeof id === "string" && typeof text === "string";
}

function isMemory({ messages }: Partial<MemoryItem>): boolean {
  return Array.isArray(messages) && messages.every((message) => isContent(message?.content));
}

function isContent(content: unknown): boolean {
  return typeof content === "string" || Array.isArray(content);
}
