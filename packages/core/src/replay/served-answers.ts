import { ArmatureError, type RequestRecord } from "@armature/contracts";
import type { CallPlan, CallResult } from "@armature/resilience";

/** Answers what plugins ask of models as the record says, route by route and in order. */
export function servedAnswers(record: RequestRecord): (plan: CallPlan) => Promise<CallResult> {
  const left = record.state.attempts.filter(({ stage }) => stage === "plugin");
  return async ({ ladder }) => {
    const { route } = ladder[0]!;
    for (;;) {
      const at = left.findIndex((attempt) => attempt.route === route);
      const [attempt] = at === -1 ? [] : left.splice(at, 1);
      if (!attempt)
        throw new ArmatureError("STAGE_FAILED", `The record holds no further answer of "${route}" to a plugin.`);
      if (attempt.answer && attempt.result === "answered") {
        return { ok: true, answer: attempt.answer, attempts: [attempt], costs: [], rung: 0 };
      }
    }
  };
}
