import type {
  Clock,
  EffectTrace,
  Ids,
  Random,
  RecordOpening,
  RedactionTrace,
  RequestRecord,
  RequestState,
  StageTiming,
  ToolTrace,
  ValidationTrace,
  Withheld,
} from "@armature/contracts";

/** One visit may ask for times, chance or ids without end; past this many answers a replay could not be told apart anyway. */
const MOST_EFFECTS = 1_000;

/** What is noted beside the state while a request runs, for its record. */
export class Trace {
  readonly opening: RecordOpening;
  readonly timings: StageTiming[] = [];
  readonly validations: ValidationTrace[] = [];
  readonly tools: ToolTrace[] = [];
  readonly redactions: RedactionTrace[] = [];
  readonly effects: EffectTrace[] = [];
  readonly withheld: Withheld[] = [];
  /** Whether every leg began in the state in which the one before had ended: only then can it all be run again. */
  isUnbroken = true;
  /** The visit that effects belong to. */
  at: { readonly stage: string; readonly visit: number } = { stage: "", visit: 0 };

  constructor(opening: RecordOpening) {
    this.opening = opening;
  }

  /** Takes over what the earlier legs of a paused request have noted. */
  resume(earlier: RequestRecord, { withheld }: RequestState): void {
    this.timings.push(...earlier.timings);
    this.validations.push(...(earlier.validations ?? []));
    this.tools.push(...(earlier.tools ?? []));
    this.redactions.push(...(earlier.redactions ?? []));
    this.effects.push(...(earlier.effects ?? []));
    this.withheld.push(...withheld);
  }

  /** From here on effects belong to this visit. */
  enter(stage: string, visit: number): void {
    this.at = { stage, visit };
  }

  /** The application's time, as plugins see it: every reading stands in the record. */
  clock(clock: Clock): Clock {
    return { now: () => this.#note("clock", clock.now()), after: (ms, callback) => clock.after(ms, callback) };
  }

  /** The application's chance, as plugins see it. */
  random(random: Random): Random {
    return { next: () => this.#note("random", random.next()) };
  }

  /** The application's ids, as plugins see them. */
  ids(ids: Ids): Ids {
    return { next: () => this.#note("ids", ids.next()) };
  }

  #note<Value extends number | string>(kind: "clock" | "random" | "ids", value: Value): Value {
    const last = this.effects.at(-1);
    const isSame = last?.stage === this.at.stage && last.visit === this.at.visit;
    const visit = isSame ? last : { ...this.at, clock: [], ids: [], random: [] };
    if (!isSame) this.effects.push(visit);
    const noted = visit[kind] as Value[];
    if (noted.length < MOST_EFFECTS) noted.push(value);
    return value;
  }
}
