import type { Journal, JsonValue, RecordFilter, RequestRecord } from "@armature/contracts";
import type { DataSet, EvalCase } from "../eval-case.js";
import { seeded } from "../gate/bootstrap.js";
import { dataSet } from "./data-set.js";

export interface JournalSample extends RecordFilter {
  readonly task: string;
  /** Only requests that ended in a failure. */
  readonly failed?: boolean;
  /** How many, drawn by `seed` from those that the filter finds; all of them when absent. */
  readonly sample?: number;
  readonly seed?: number;
}

/**
 * Cases out of production: the inputs of recorded requests, under their request ids. The value of an accepted request
 * becomes `expected` (a regression set: what was right then), a failure stands in the metadata. Records without
 * content, as a content policy may leave them, give no case.
 */
export async function fromJournal(journal: Journal, sample: JournalSample): Promise<DataSet> {
  return dataSet(`journal of ${sample.task}`, await casesFromJournal(journal, sample));
}

/** The same cases without the demand that there be any. */
export async function casesFromJournal(
  journal: Journal,
  { failed, sample, seed = 1, ...filter }: JournalSample,
): Promise<EvalCase[]> {
  const limit = filter.limit ?? Number.MAX_SAFE_INTEGER;
  const found = await journal.find({ status: "finished", ...filter, limit });
  const wanted = failed ? found.filter(({ failureCode }) => failureCode !== undefined) : found;
  const drawn = sample === undefined ? wanted : draw(wanted, sample, seed);
  const records = await Promise.all(drawn.map(({ requestId }) => journal.read(requestId)));
  return records.flatMap((record) => (record ? caseOfRecord(record) : []));
}

function caseOfRecord({ requestId, state, result, acceptedAt }: RequestRecord): EvalCase[] {
  // A content that was taken out leaves null behind, or a digest in its place.
  if (state.input === null || isDigest(state.input)) return [];
  return [
    {
      id: requestId,
      input: state.input,
      ...(result?.ok === true && { expected: result.value }),
      metadata: {
        acceptedAt: new Date(acceptedAt).toISOString(),
        ...(result?.ok === false && { failure: result.failure.code }),
      },
    },
  ];
}

function isDigest(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).sort().join() === "bytes,hash";
}

/** A draw without replacement, in the order of the list. */
function draw<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = seeded(seed);
  let [needed, left] = [count, all.length];
  return all.filter(() => {
    const taken = random.next() * left < needed;
    left--;
    if (taken) needed--;
    return taken;
  });
}
