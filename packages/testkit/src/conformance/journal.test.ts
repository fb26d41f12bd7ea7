import type { Journal } from "@armature/contracts";
import { expect, test } from "vitest";
import { inMemoryJournal } from "../fakes/in-memory-journal.js";
import { brokenPromises } from "./broken-promises.js";
import { describeJournal, journalPromises } from "./journal.js";

describeJournal(() => inMemoryJournal());

const broken: { readonly [fault: string]: [(good: Journal) => Partial<Journal>, RegExp] } = {
  "no trace of open requests": [() => ({ open: async () => {} }), /open from its opening/],
  "the first form kept": [
    (good) => {
      const seen = new Set<string>();
      return {
        write: async (record) => {
          if (!seen.has(record.requestId)) await good.write(record);
          seen.add(record.requestId);
        },
      };
    },
    /newest form/,
  ],
  "lost content": [
    (good) => ({ write: (record) => good.write({ ...record, timings: [] }) }),
    /exactly what was written/,
  ],
  "an exclusive since": [
    (good) => ({ find: ({ since = 0, ...filter }) => good.find({ ...filter, since: since + 1 }) }),
    /every field/,
  ],
  "the oldest first": [(good) => ({ find: async (filter) => (await good.find(filter)).reverse() }), /newest first/],
  "no limit": [(good) => ({ find: (filter) => good.find({ limit: 1_000, ...filter }) }), /a hundred unless told/],
  "every tenant found": [(good) => ({ find: ({ tenant: _tenant, ...filter }) => good.find(filter) }), /exact tenant/],
  "feedback that goes nowhere": [() => ({ feedback: async () => true }), /takes feedback/],
  "one group of everything": [
    () => ({
      aggregate: async () => [
        { key: {}, count: 3, failures: 1, costMicroUsd: 7, inputTokens: 0, outputTokens: 0, p50Ms: 12, p95Ms: 100 },
      ],
    }),
    /where it counts/,
  ],
  "retention that only says so": [() => ({ retain: async () => ({ records: 1, bytes: 900 }) }), /where it forgets/],
  "erasure of a whole tenant": [(good) => ({ erase: ({ tenant }) => good.erase({ tenant }) }), /erases content/],
  "erasure that only says so": [
    () => ({ erase: async () => ({ from: "x", removed: { records: 1 } }) }),
    /erases content/,
  ],
};

test.each(Object.entries(broken))("the suite finds a journal with %s", async (_fault, [spoil, promise]) => {
  const found = await brokenPromises(journalPromises, () => {
    const good = inMemoryJournal();
    return { ...good, ...spoil(good) };
  });
  expect(found.join("\n")).toMatch(promise);
});
