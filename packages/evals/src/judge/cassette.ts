import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { z } from "zod";
import { diffJson } from "../json-diff.js";
import { JudgeInput, type JudgeVerdict } from "./judge.js";

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

export interface CassetteOptions {
  /**
   * `replay` asks nobody and fails on what it has not heard; `record` starts the file anew. By default a file that
   * exists is replayed and one that does not is recorded. The variable `ARMATURE_CASSETTES=record` records.
   */
  readonly mode?: "record" | "replay";
}

/** A file of verdicts, one JSON a line. Replayed verdicts cost nothing and are the same on every machine. */
export function judgeCassette(file: string, { mode }: CassetteOptions = {}): JudgeCassette {
  const recording =
    (mode ?? (process.env.ARMATURE_CASSETTES === "record" || !existsSync(file) ? "record" : "replay")) === "record";
  let heard: Map<string, Entry> | undefined;
  const load = () => {
    if (heard) return heard;
    heard = new Map();
    if (recording) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
    } else for (const entry of readEntries(file)) heard.set(keyOf(entry), entry);
    return heard;
  };
  return {
    async play(key, ask) {
      const entries = load();
      const known = entries.get(keyOf(key));
      if (known) return { choice: known.choice, reason: known.reason, costMicroUsd: 0 };
      if (!recording) throw miss(file, key, [...entries.values()]);
      const verdict = await ask();
      const entry: Entry = { judge: key.judge, hash: key.hash, input: key.input, ...verdict };
      entries.set(keyOf(entry), entry);
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      return verdict;
    },
  };
}

function keyOf({ judge, hash, input }: CassetteKey): string {
  const { question, answer, expected = null, context = null } = input;
  return JSON.stringify([judge, hash, question, answer, expected, context]);
}

function readEntries(file: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `${file}: there is no such cassette; record it first`, { cause });
  }
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [Entry.parse(JSON.parse(line))];
    } catch (cause) {
      throw new ArmatureError("CONFIG_INVALID", `${file}:${index + 1}: is no recorded verdict`, { cause });
    }
  });
}

/** Names the recorded verdict that is nearest, by the fewest differences of its key. */
function miss(file: string, key: CassetteKey, entries: readonly Entry[]): ArmatureError {
  const plain = ({ judge, hash, input }: CassetteKey) => ({ judge, hash, input: { ...input } });
  const nearest = entries
    .map((entry) => diffJson(plain(entry), plain(key)))
    .sort((a, b) => a.length - b.length || a.join().length - b.join().length)[0];
  const difference = nearest ? `the nearest differs in:\n  ${nearest.join("\n  ")}` : "it is empty";
  const message = `${file} has no verdict of ${key.judge} for this answer; ${difference}\nRecord it with ARMATURE_CASSETTES=record.`;
  return new ArmatureError("CONFIG_INVALID", message, { details: { cassette: file, judge: key.judge } });
}
