import {
  ArmatureError,
  describeCause,
  type Embedder,
  type Embedding,
  type MeteredEmbedder,
  type RequestContext,
} from "@armature/contracts";
import type { Services } from "./services.js";

/** The application's embedder for one request: what it costs is held before, settled after, and stands in the record. */
export function meteredEmbedder(services: Services): MeteredEmbedder {
  const { embedder } = services.runtime;
  return {
    id: embedder?.id ?? "none",
    dimensions: embedder?.dimensions ?? 0,
    async embed(texts: readonly string[]): Promise<number[][]> {
      if (!embedder) {
        throw new ArmatureError(
          "CONFIG_INVALID",
          "Something asked for embeddings, and no plugin provides an Embedder.",
        );
      }
      if (texts.length === 0) return [];
      return embedder.priced
        ? paid(embedder, embedder.priced, texts, services)
        : embedder.embed(texts, services.context);
    },
  };
}

async function paid(
  embedder: Embedder,
  { provider, model }: NonNullable<Embedder["priced"]>,
  texts: readonly string[],
  { runtime, context, gate, spent }: Services,
): Promise<number[][]> {
  const attemptId = runtime.ids.next();
  const messages = texts.map((content) => ({ role: "user" as const, content }));
  const expiresAt = runtime.clock.now() + context.deadline.remainingMs();
  const bounds = { overheadBytes: 0, maxOutputTokens: 0, minOutputTokens: 0, expiresAt };
  const { heldMicroUsd } = await gate.admit({ attemptId, provider, model, messages, ...bounds });
  let inputTokens: number | undefined;
  try {
    // An admission that comes after the request has ended pays for nothing: nothing is sent.
    if (context.signal.aborted) inputTokens = 0;
    context.signal.throwIfAborted();
    // A failure may have been billed: then the whole hold is charged.
    const { vectors, inputTokens: counted } = await embed(embedder, texts, context);
    inputTokens = counted ?? texts.reduce((sum, text) => sum + runtime.tokenizer.count(text), 0);
    return vectors;
  } finally {
    const usage = inputTokens === undefined ? {} : { usage: { inputTokens, outputTokens: 0 } };
    const { microUsd, priceVersion } = await gate.settle(attemptId, usage).catch((thrown) => {
      spent.degraded.push(
        `The embedding ${attemptId} was not settled, its whole hold counts as spent: ${describeCause(thrown)?.message}`,
      );
      return { microUsd: heldMicroUsd, priceVersion: undefined };
    });
    spent.costs.push({
      attemptId,
      what: "embedding",
      name: model,
      microUsd,
      ...(priceVersion !== undefined && { priceVersion }),
    });
  }
}

async function embed(embedder: Embedder, texts: readonly string[], context: RequestContext): Promise<Embedding> {
  return embedder.embedCounted
    ? embedder.embedCounted(texts, context)
    : { vectors: await embedder.embed(texts, context) };
}
