import type { ContentField, Replayability, RequestRecord } from "@armature/contracts";
import type { ContentLevels } from "./content-keeper.js";

/** What a replay serves from the record; of anything else it only needs the comparison to be readable. */
const SERVED: readonly ContentField[] = [
  "input",
  "passages",
  "memories",
  "prompt",
  "answers",
  "tools",
  "value",
  "effects",
  "extensions",
];

/** Whether a record, kept at these levels, must replay to the same outcome, and every reason why not. */
export function replayabilityOf(record: RequestRecord, levels: ContentLevels): Replayability {
  // What whoever wrote the record knows against it stands; what an earlier policy said is said anew.
  const why = (record.replay?.why ?? []).filter((reason) => !reason.startsWith(KEEPS));
  if (record.status !== "finished") why.push(`The request has not ended: it is ${record.status}.`);
  if (levels.effects === "full" && !record.effects) why.push("Clock, ids and chance were not recorded.");
  for (const field of SERVED) {
    if (levels[field] !== "full") why.push(`${KEEPS} ${LEFT[levels[field]]} of its ${field}.`);
    else if (record.digests?.[field]) why.push(`Its ${field} was taken out of the record before.`);
  }
  return { replayable: why.length === 0, why: [...new Set(why)] };
}

const KEEPS = "The record keeps";

const LEFT = { full: "all", hashes: "only hashes", none: "nothing" } as const;
