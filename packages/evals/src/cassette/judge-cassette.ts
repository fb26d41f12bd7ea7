import { ArmatureError } from "@armature/contracts";
import { z } from "zod";
import { diffJson } from "../json-diff.js";
import { JudgeInput, type JudgeVerdict } from "../judge/judge.js";
import { type CassetteOptions, openTape } from "./tape.js";

const Entry = z.strictObject({
  judge: z.string(),
  /** `promptHash` of the judge: a judge that moved has nothing to replay. */
  hash: z.string(),
  input: JudgeInput,
  choice: z.string(),
  reason: z.string(),
  costMicroUsd: z.number(),
});
type Entry = z.infer<typeof Entry>;

export interface CassetteKey {
  readonly judge: string;
  readonly hash: string;
  readonly input: JudgeInput;
}

export interface JudgeCassette {
  /** The recorded verdict, or the one that `ask` gives while the cassette records. Throws on a miss. */
  play(key: CassetteKey, ask: () => Promise<JudgeVerdict>): Promise<JudgeVerdict>;
}

/** A file of verdicts, one JSON a line. Replayed verdicts cost nothing and are the same on every machine. */
export function judgeCassette(file: string, options: CassetteOptions = {}): JudgeCassette {
  const tape = openTape<Entry>({ ...options, file, entry: Entry, what: "recorded verdict", keyOf });
  return {
    async play({ judge, hash, input }, ask) {
      const { entry, replayed } = await tape.play({
        key: keyOf({ judge, hash, input }),
        ask: async () => ({ judge, hash, input, ...(await ask()) }),
        miss: (entries) => missing(file, { judge, hash, input }, entries),
      });
      return { choice: entry.choice, reason: entry.reason, costMicroUsd: replayed ? 0 : entry.costMicroUsd };
    },
  };
}

function keyOf({ judge, hash, input }: CassetteKey): string {
  const { question, answer, expected = null, context = null } = input;
  return JSON.stringify([judge, hash, question, answer, expected, context]);
}

/** Names the recorded verdict that is nearest, by the fewest differences of its key. */
function missing(file: string, key: CassetteKey, entries: readonly Entry[]): ArmatureError {
  const plain = ({ judge, hash, input }: CassetteKey) => ({ judge, hash, input: { ...input } });
  const nearest = entries
    .map((entry) => diffJson(plain(entry), plain(key)))
    .sort((a, b) => a.length - b.length || a.join().length - b.join().length)[0];
  const difference = nearest ? `the nearest differs in:\n  ${nearest.join("\n  ")}` : "it is empty";
  const message = `${file} has no verdict of ${key.judge} for this answer; ${difference}\nRecord it with ARMATURE_CASSETTES=record.`;
  return new ArmatureError("CONFIG_INVALID", message, { details: { cassette: file, judge: key.judge } });
}
