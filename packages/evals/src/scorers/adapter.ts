import type { JsonObject, JsonValue } from "@armature/contracts";
import { ArmatureError } from "@armature/contracts";
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

/** `{ name, score }` of autoevals, `{ key, score }` of openevals. */
export interface ForeignScore {
  readonly name?: string;
  readonly key?: string;
  readonly score?: unknown;
  readonly comment?: unknown;
}

/**
 * A scorer of autoevals, openevals, or anything that is called with the same names and answers `{ name, score }`. The
 * score is a number from 0 to 1 or a boolean; null, their word for "could not tell", scores 0 and says so.
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
    const [first] = [result].flat() as ForeignScore[];
    return read(name, first);
  });
}

function read(name: string, result: ForeignScore | undefined): Score {
  const { score, comment } = result ?? {};
  const note = typeof comment === "string" && { note: comment };
  if (typeof score === "boolean") return { score: Number(score), ...note };
  if (score === null || score === undefined) return { score: 0, note: "it could not tell", ...note };
  if (typeof score === "number" && score >= 0 && score <= 1) return { score, ...note };
  throw new ArmatureError(
    "PLUGIN_FAILED",
    `scorer "${name}" answered ${JSON.stringify(score)}, which is no score from 0 to 1`,
  );
}
