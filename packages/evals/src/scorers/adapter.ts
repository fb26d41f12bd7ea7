import type { JsonObject, JsonValue } from "@armature/contracts";
import { ArmatureError } from "@armature/contracts";
import { mean } from "../report/report.js";
import { type Score, type Scorer, type ScorerOptions, scorerOf } from "./scorer.js";

/** What scorers of other libraries are called with: the names of autoevals and those of openevals side by side. */
export interface ForeignArguments {
  readonly input: JsonValue;
  readonly output: JsonValue;
  readonly expected?: JsonValue;
  readonly metadata: JsonObject;
  readonly inputs: JsonValue;
  readonly outputs: JsonValue;
  readonly referenceOutputs?: JsonValue;
}

/**
 * `{ name, score }` of autoevals, which argues in `metadata.rationale`; `{ key, score }` of openevals, which argues in
 * `comment`.
 */
export interface ForeignScore {
  readonly name?: string;
  readonly key?: string;
  readonly score?: unknown;
  readonly comment?: unknown;
  readonly metadata?: unknown;
}

/**
 * A scorer of autoevals, openevals, or anything that is called with the same names and answers `{ name, score }`. The
 * score is a number from 0 to 1 or a boolean; null, their word for "could not tell", scores 0 and says so. Of several
 * answers, as openevals gives for each key of an object, it is the mean. What has another shape is `PLUGIN_FAILED`.
 */
export function fromScorer(
  score: (args: never) => unknown,
  { name = score.name || "scorer", ...options }: ScorerOptions & { args?(args: ForeignArguments): object } = {},
): Scorer {
  const { args = (all: ForeignArguments): object => all, ...rest } = options;
  return scorerOf(name, rest, async (output, { input, expected, metadata }): Promise<Score> => {
    const reference = expected !== undefined && { expected, referenceOutputs: expected };
    const result = await score(
      args({ input, output, metadata, inputs: input, outputs: output, ...reference }) as never,
    );
    if (!Array.isArray(result)) return read(name, result);
    if (result.length === 0) throw unreadable(name, result);
    const each = result.map((one: ForeignScore | null) => ({ key: one?.key ?? one?.name, ...read(name, one) }));
    const notes = each.flatMap(({ key, score: own, note }) =>
      own === 1 ? [] : [`${key ?? "one"} ${own}${note === undefined ? "" : ` (${note})`}`],
    );
    return { score: mean(each.map((one) => one.score)), ...(notes.length > 0 && { note: notes.join("; ") }) };
  });
}

function read(name: string, result: unknown): Score {
  if (result === null) return COULD_NOT_TELL;
  if (typeof result !== "object") throw unreadable(name, result);
  const { score, comment, metadata } = result as ForeignScore;
  const reason = comment ?? (metadata as { readonly rationale?: unknown } | null | undefined)?.rationale;
  const note = typeof reason === "string" && { note: reason };
  if (typeof score === "boolean") return { score: Number(score), ...note };
  if (score === null) return { ...COULD_NOT_TELL, ...note };
  if (typeof score === "number" && score >= 0 && score <= 1) return { score, ...note };
  throw unreadable(name, score === undefined ? result : score);
}

const COULD_NOT_TELL: Score = { score: 0, note: "it could not tell" };

function unreadable(name: string, answer: unknown): ArmatureError {
  const shown = typeof answer === "number" ? String(answer) : JSON.stringify(answer);
  return new ArmatureError(
    "PLUGIN_FAILED",
    `scorer "${name}" answered ${shown}, which is no { score } from 0 to 1; turn it into one in a function of your own`,
  );
}
