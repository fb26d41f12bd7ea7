import { type Clock, systemClock as system } from "@armature/contracts";
import { expect, test } from "vitest";
import { type VirtualClock, virtualClock } from "../fakes/virtual-clock.js";
import { brokenPromises } from "./broken-promises.js";
import { clockPromises, describeClock } from "./clock.js";

describeClock(() => system);
describeClock(() => virtualClock(), { pass: (clock, ms) => (clock as VirtualClock).advance(ms) });

test.each<[string, Partial<Clock>, RegExp]>([
  ["seconds", { now: () => Date.now() / 1_000 }, /epoch milliseconds/],
  ["no movement", { now: () => 1_800_000_000_000 }, /run backwards/],
  ["impatience", { after: (ms, callback) => system.after(ms / 3, callback) }, /not before its time/],
  [
    "no waiting at all",
    {
      after: (_ms, callback) => {
        callback();
        return () => {};
      },
    },
    /never at once/,
  ],
  ["32 bits for its time", { after: (ms, callback) => system.after(ms % 2 ** 31, callback) }, /more than a month away/],
  [
    "no cancelling",
    {
      after: (ms, callback) => {
        system.after(ms, callback);
        return () => {};
      },
    },
    /was cancelled/,
  ],
])("the suite finds a clock with %s", async (_fault, spoiled, promise) => {
  expect((await brokenPromises(clockPromises({}), () => ({ ...system, ...spoiled }))).join("\n")).toMatch(promise);
});
