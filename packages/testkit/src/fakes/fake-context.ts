import { randomUUID } from "node:crypto";
import { deadlineIn, type Embedder, type MeteredEmbedder, type RequestContext } from "@armature/contracts";
import { fakeModels } from "./fake-models.js";
import { hashEmbedder } from "./hash-embedder.js";
import { seededRandom } from "./seeded-random.js";
import { sequentialIds } from "./sequential-ids.js";
import { virtualClock } from "./virtual-clock.js";

export interface FakeContextOptions extends Partial<Omit<RequestContext, "embedder">> {
  /** 30,000 by default, counted on the context's clock. */
  readonly deadlineMs?: number;
  /** An embedder, metered or not; `hashEmbedder()` by default. */
  readonly embedder?: Embedder | MeteredEmbedder;
}

/**
 * A whole request context: a request id of its own, task `test`, no tenant, user or thread, a virtual clock that stands
 * still, seeded chance, ids in a row, models that repeat what they are told, and a hashing embedder. Everything can be replaced.
 */
export function fakeContext(overrides: FakeContextOptions = {}): RequestContext {
  const { deadlineMs = 30_000, embedder = hashEmbedder(), ...given } = overrides;
  const clock = given.clock ?? virtualClock();
  const context: Omit<RequestContext, "embedder"> = {
    requestId: randomUUID(),
    task: "test",
    signal: new AbortController().signal,
    deadline: deadlineIn(clock, deadlineMs),
    clock,
    random: seededRandom(1),
    ids: sequentialIds(),
    models: fakeModels(),
    ...given,
  };
  const metered: MeteredEmbedder = {
    id: embedder.id,
    dimensions: embedder.dimensions,
    embed: (texts) => embedder.embed(texts, { ...context, embedder: metered }),
  };
  return { ...context, embedder: metered };
}
