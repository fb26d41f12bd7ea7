import type { Clock, EffectTrace, Ids, Random, RequestRecord } from "@armature/contracts";
import { Trace } from "../trace.js";

/** Tells plugins the times, the chance and the ids of the record, in the order in which the same visit was told them. */
export class ServedTrace extends Trace {
  readonly #served: readonly EffectTrace[];
  readonly #used = new Map<string, number>();

  constructor(record: RequestRecord) {
    super(record);
    this.#served = record.effects ?? [];
  }

  override clock(clock: Clock): Clock {
    return { now: () => this.#next("clock") ?? clock.now(), after: (ms, callback) => clock.after(ms, callback) };
  }

  override random(random: Random): Random {
    return { next: () => this.#next("random") ?? random.next() };
  }

  override ids(ids: Ids): Ids {
    return { next: () => this.#next("ids") ?? ids.next() };
  }

  #next<Kind extends "clock" | "random" | "ids">(kind: Kind): EffectTrace[Kind][number] | undefined {
    const { stage, visit } = this.at;
    const key = `${kind} ${visit} ${stage}`;
    const used = this.#used.get(key) ?? 0;
    this.#used.set(key, used + 1);
    return this.#served.find((one) => one.stage === stage && one.visit === visit)?.[kind][used];
  }
}
