import { monitorEventLoopDelay } from "node:perf_hooks";
import { startProvider, withCapacity } from "@armature/testkit/provider";
import { percentile, rounded } from "../statistics.js";
import { arrivals, caller } from "./caller.js";

const SERVICE_MS = 1_000;
const PLACES = 20;
const DEADLINE_MS = 10_000;
/** What the provider could serve a second before it lost half of its places. */
const NOMINAL_PER_SECOND = (PLACES * 1_000) / SERVICE_MS;
const TIMES_LOAD = 4;

interface Overload {
  readonly arrived: number;
  readonly answered: number;
  readonly shed: number;
  /** Accepted, and not answered before their deadline. */
  readonly late: number;
  readonly p99AnsweredMs: number;
  readonly slowestShedMs: number;
  /** The longest that the machine kept this process from running; no call can end in between. */
  readonly longestStallMs: number;
  /** Answers to what the provider's places could have served in that time, 0 to 1. */
  readonly goodput: number;
}

/** A provider that has lost half of its places meets four times the load that it was made for. */
export async function overload(forMs: number): Promise<Overload> {
  const capacity = { places: PLACES, serviceMs: SERVICE_MS };
  const provider = await startProvider({ respond: withCapacity(capacity, () => "These are the words.") });
  try {
    const call = caller(provider.url, DEADLINE_MS);
    await arrivals(NOMINAL_PER_SECOND / 2, 6_000, call);
    capacity.places = PLACES / 2;
    await arrivals(NOMINAL_PER_SECOND / 2, 5_000, call);
    const stalls = monitorEventLoopDelay({ resolution: 5 });
    stalls.enable();
    const startedAt = performance.now();
    const ended = await arrivals(TIMES_LOAD * NOMINAL_PER_SECOND, forMs, async () => {
      const { result, tookMs } = await call();
      return { result, tookMs, endedMs: performance.now() - startedAt };
    });
    const isShed = ({ result }: (typeof ended)[number]) => !result.ok && result.failure.code === "OVERLOADED";
    const shed = ended.filter(isShed);
    const answered = ended.filter(({ result, tookMs }) => result.ok && tookMs <= DEADLINE_MS);
    // What was answered after the last arrival was served in time that is not counted.
    const inTime = answered.filter(({ endedMs }) => endedMs <= forMs).length;
    return {
      arrived: ended.length,
      answered: answered.length,
      shed: shed.length,
      late: ended.length - shed.length - answered.length,
      p99AnsweredMs: rounded(
        percentile(
          answered.map(({ tookMs }) => tookMs),
          0.99,
        ),
      ),
      slowestShedMs: rounded(Math.max(0, ...shed.map(({ tookMs }) => tookMs))),
      longestStallMs: rounded(stalls.max / 1e6),
      goodput: rounded(inTime / ((forMs * capacity.places) / SERVICE_MS)),
    };
  } finally {
    await provider.close();
  }
}
