import type { JsonObject, JsonValue, Outcome, RequestRecord } from "@armature/contracts";
import type { EvalApp } from "../eval-app.js";
import type { Judge } from "../judge/judge.js";

/** What a scorer is told about one trial. */
export interface ScoreRequest {
  readonly input: JsonValue;
  /** The value as JSON; absent when the request was refused. */
  readonly output?: JsonValue;
  readonly expected?: JsonValue;
  readonly metadata: JsonObject;
  readonly outcome: Outcome<unknown>;
  /** The record of the request, where the evaluation was given a journal. */
  readonly record?: RequestRecord;
  /** For scorers that ask a model: what it spends is metered like any request. */
  readonly app: EvalApp;
}

export interface Score {
  /** 0 to 1. */
  readonly score: number;
  /** What spoke against a better one. */
  readonly note?: string;
  /** What the scoring itself cost. Micro-dollars. */
  readonly costMicroUsd?: number;
}

/** Scores one aspect of one trial. A trial passes when every scorer reaches its threshold. */
export interface Scorer {
  readonly name: string;
  /** The least score that passes, 0 to 1. */
  readonly threshold: number;
  /** The judge that it asks; its prompt belongs to the baseline. */
  readonly judge?: Judge;
  score(request: ScoreRequest): Score | Promise<Score>;
}

export interface ScorerOptions {
  /** Names the scorer in reports; two scorers of one evaluation need two names. */
  readonly name?: string;
  /** The least score that passes; 1 by default. */
  readonly threshold?: number;
}

/** Reads a part of the output or of what is expected. */
export type Field = (value: JsonValue) => JsonValue | undefined;

/** A scorer of accepted values: a refused request scores 0, with its code as the note. */
export function scorerOf(
  name: string,
  { name: own = name, threshold = 1 }: ScorerOptions,
  score: (output: JsonValue, request: ScoreRequest) => Score | Promise<Score>,
): Scorer {
  return {
    name: own,
    threshold,
    score(request) {
      if (request.output !== undefined) return score(request.output, request);
      const code = request.outcome.ok ? "no value" : request.outcome.failure.code;
      return { score: 0, note: `refused: ${code}` };
    },
  };
}

/** 1 or 0, with the note for 0. */
export function pass(passed: boolean, note: string): Score {
  return passed ? { score: 1 } : { score: 0, note };
}

/** A part of what is expected; its absence is the data set's mistake and shows as a score of 0 with this note. */
export const NOTHING_EXPECTED: Score = { score: 0, note: "the case says nothing of what is expected" };
