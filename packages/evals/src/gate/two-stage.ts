import { binomialAtMost } from "./binomial.js";

/** The rule for one case: what is protected, when it is run again, when it is flagged. */
export interface TwoStageRule {
  /** Trials of the baseline, and of a case that is run again. */
  readonly trials: number;
  /** Passes of the baseline that make a case protected. */
  readonly protectAt: number;
  /** Passes after the re-run, at most, that flag the case. */
  readonly flagAt: number;
}

/**
 * A case that passed 8 of 8 is protected. It is run once; when that fails, seven times more; it is flagged when at
 * most three of the eight pass. An unstable case hardly ever passes 8 of 8, so it is never a reason to fail a build; a
 * stable one that slips once is asked again before anybody is woken. `docs/adr` has the figures.
 */
export const TWO_STAGE: TwoStageRule = { trials: 8, protectAt: 8, flagAt: 3 };

/** Whether a case may fail the gate: one with fewer trials than the rule wants has proved nothing. */
export function isProtected(passes: number, trials: number, rule: TwoStageRule = TWO_STAGE): boolean {
  return trials >= rule.trials && passes >= trials - (rule.trials - rule.protectAt);
}

/** What a protected case needs after its first trials: nothing, or as many more. */
export function trialsToAdd(passes: number, trials: number, rule: TwoStageRule = TWO_STAGE): number {
  return passes === trials ? 0 : Math.max(0, rule.trials - trials);
}

/** Whether a protected case that was run again is broken: never on the strength of fewer trials than the rule wants. */
export function isBroken(passes: number, trials: number, rule: TwoStageRule = TWO_STAGE): boolean {
  return trials >= rule.trials && passes * rule.trials <= rule.flagAt * trials;
}

/**
 * Probability that a case is flagged whose trials passed with probability `before` when the baseline was made, and
 * pass with probability `now`, all trials independent:
 * `P(protected) · (1 - now) · P(Binomial(trials - 1, now) <= flagAt)`.
 */
export function flagProbability(before: number, now: number, rule: TwoStageRule = TWO_STAGE): number {
  const protectedFirst = 1 - binomialAtMost(rule.protectAt - 1, rule.trials, before);
  return protectedFirst * (1 - now) * binomialAtMost(rule.flagAt, rule.trials - 1, now);
}

/** Trials that one case takes on average: one, and the rest when a protected case fails it. */
export function expectedTrials(before: number, now: number, rule: TwoStageRule = TWO_STAGE): number {
  const protectedFirst = 1 - binomialAtMost(rule.protectAt - 1, rule.trials, before);
  return 1 + protectedFirst * (1 - now) * (rule.trials - 1);
}

/** Probability that at least one of independent cases is flagged although none has changed. */
export function suiteFalseAlarm(cases: readonly number[], rule: TwoStageRule = TWO_STAGE): number {
  return 1 - cases.reduce((quiet, p) => quiet * (1 - flagProbability(p, p, rule)), 1);
}
