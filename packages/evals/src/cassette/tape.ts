import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ArmatureError } from "@armature/contracts";
import type { ZodType } from "zod";

export interface CassetteOptions {
  /**
   * `replay` asks nobody and fails on what it has not heard; `record` starts the file anew. By default a file that
   * exists is replayed and one that does not is recorded. The variable `ARMATURE_CASSETTES=record` records.
   */
  readonly mode?: "record" | "replay";
}

interface TapeFormat<Entry> extends CassetteOptions {
  /** One entry a line, as JSON. */
  readonly file: string;
  readonly entry: ZodType<Entry>;
  /** What an entry is, for errors: `recorded verdict`. */
  readonly what: string;
  /** Entries with the same key answer the same question. */
  keyOf(entry: Entry): string;
}

interface Question<Entry> {
  readonly key: string;
  /** Asks for real; only while the tape records. */
  ask(): Promise<Entry>;
  /** The error for a question that was not recorded, among those that were. */
  miss(entries: readonly Entry[]): ArmatureError;
}

/** A file of answers that were heard once. */
export interface Tape<Entry> {
  /** `replayed` where nobody was asked. Rejects with the question's miss, or with what asking rejects with. */
  play(question: Question<Entry>): Promise<{ readonly entry: Entry; readonly replayed: boolean }>;
}

/** Opens a tape; the file is touched when the first question comes. Refuses to be opened in production. */
export function openTape<Entry>(format: TapeFormat<Entry>): Tape<Entry> {
  const { file, mode } = format;
  if (process.env.NODE_ENV === "production") {
    const message = `${file}: a cassette stands in for models in tests; NODE_ENV is "production"`;
    throw new ArmatureError("CONFIG_INVALID", message);
  }
  const recording =
    (mode ?? (process.env.ARMATURE_CASSETTES === "record" || !existsSync(file) ? "record" : "replay")) === "record";
  let heard: Map<string, Promise<Entry>> | undefined;
  const load = () => {
    if (heard) return heard;
    heard = new Map();
    if (recording) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
    } else for (const entry of readEntries(format)) heard.set(format.keyOf(entry), Promise.resolve(entry));
    return heard;
  };
  return {
    async play({ key, ask, miss }) {
      const entries = load();
      const known = entries.get(key);
      if (known) return { entry: await known, replayed: true };
      if (!recording) throw miss(await Promise.all(entries.values()));
      // Kept before it is answered: the same question, asked twice at once, is asked for real once.
      const asked = ask();
      entries.set(key, asked);
      try {
        const entry = await asked;
        appendFileSync(file, `${JSON.stringify(entry)}\n`);
        return { entry, replayed: false };
      } catch (error) {
        entries.delete(key);
        throw error;
      }
    },
  };
}

function readEntries<Entry>({ file, entry, what }: TapeFormat<Entry>): Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `${file}: there is no such cassette; record it first`, { cause });
  }
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [entry.parse(JSON.parse(line))];
    } catch (cause) {
      throw new ArmatureError("CONFIG_INVALID", `${file}:${index + 1}: is no ${what}`, { cause });
    }
  });
}
