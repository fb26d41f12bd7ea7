import { atLeast, atMost, type Bench } from "./bench.js";
import { formatTable } from "./report.js";
import { rounded } from "./statistics.js";
import { overload } from "./tail/overload.js";
import { slowCalls } from "./tail/slow-calls.js";

const SLOW_CALLS_MS = 80_000;
const OVERLOAD_MS = 40_000;

/** What hedging does about slow calls, and what the limiter does about a provider that has too much to do. */
export const tail: Bench = async () => {
  // At the same time, so that whatever else this machine does meets both.
  const [alone, hedged] = await Promise.all([slowCalls(false, SLOW_CALLS_MS), slowCalls(true, SLOW_CALLS_MS)]);
  const rows = Object.entries({ "one attempt": alone, hedged }).map(([name, figures]) => [
    name,
    ...[figures.calls, figures.sent, figures.p50Ms, figures.p99Ms].map((figure) => figure.toFixed(0)),
  ]);
  console.log(formatTable(["3% of the calls ten times slower", "calls", "sent", "p50 ms", "p99 ms"], rows));
  const busy = await overload(OVERLOAD_MS);
  const shedMs = rounded(Math.max(0, busy.slowestShedMs - busy.longestStallMs));
  const head = ["half of the places, 4 x the load", ...Object.keys(busy)];
  console.log(`\n${formatTable(head, [["limited", ...Object.values(busy).map(String)]])}`);
  return {
    figures: { slowCalls: { alone, hedged }, overload: busy },
    targets: [
      atMost("p99 with hedging to p99 without", rounded(hedged.p99Ms / alone.p99Ms), 0.4),
      atMost("calls that failed beside slow ones", alone.failed + hedged.failed, 0),
      atMost("calls sent with hedging to calls made", rounded(hedged.sent / hedged.calls), 1.07),
      atMost("accepted requests that missed their deadline", busy.late, 0),
      // A process that the machine does not run refuses nobody.
      atMost("slowest refusal in ms beyond the longest stall", shedMs, 50),
      atLeast("goodput to the capacity of the provider", busy.goodput, 0.9),
    ],
  };
};
