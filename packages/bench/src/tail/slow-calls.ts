import { seededRandom, startProvider } from "@armature/testkit/provider";
import { percentile, rounded } from "../statistics.js";
import { arrivals, caller } from "./caller.js";

const USUAL_MS = 1_000;
const SLOW_SHARE = 0.03;
const TIMES_SLOWER = 10;
const PER_SECOND = 6;
/** Long enough for a hundred measured calls, from which on there is hedging. */
const WARM_UP_MS = 20_000;

interface SlowCalls {
  readonly calls: number;
  readonly failed: number;
  /** Calls that the provider saw. */
  readonly sent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Calls to a provider of which one in thirty-three is ten times slower, with or without hedging. */
export async function slowCalls(hedged: boolean, forMs: number): Promise<SlowCalls> {
  const random = seededRandom(7);
  const provider = await startProvider({
    respond: () => "These are the words.",
    latencyMs() {
      const usual = USUAL_MS * (0.8 + 0.4 * random.next());
      return random.next() < SLOW_SHARE ? TIMES_SLOWER * usual : usual;
    },
  });
  try {
    const call = caller(provider.url, 30_000, hedged ? {} : { hedge: false });
    await arrivals(PER_SECOND, WARM_UP_MS, call);
    const before = provider.log.length;
    const ended = await arrivals(PER_SECOND, forMs, call);
    const times = ended.map(({ tookMs }) => tookMs);
    return {
      calls: ended.length,
      failed: ended.filter(({ result }) => !result.ok).length,
      sent: provider.log.length - before,
      p50Ms: rounded(percentile(times, 0.5)),
      p99Ms: rounded(percentile(times, 0.99)),
    };
  } finally {
    await provider.close();
  }
}
