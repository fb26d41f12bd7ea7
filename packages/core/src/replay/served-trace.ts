import type { Clock, EffectTrace, Random, RequestRecord } from "@armature/contracts";
import { Trace } from "../trace.js";

/** Tells plugins the times and the chance of the record, in the order in which the same visit was told them. */
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

  #next(kind: "clock" | "random"): number | undefined {
    const { stage, visit } = this.at;
    const key = `${kind} ${visit} ${stage}`;
    const used = this.#used.get(key) ?? 0;
    this.#used.set(key, used + 1);
    return this.#served.find((one) => one.stage === stage && one.visit === visit)?.[kind][used];
  }
}
