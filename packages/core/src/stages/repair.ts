import type { Message, RequestState } from "@armature/contracts";
import { reaskMessage } from "@armature/output";
import { failure } from "../failure-of.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";

/** Shows the model what is wrong with its answer; on the last re-ask to a stronger model, when there is one. */
export async function repair(state: RequestState, services: Services): Promise<Patch> {
  const { task } = services.task;
  const { limits } = task;
  const code = state.rejection ?? "OUTPUT_INVALID";
  if (state.reasks >= limits.reasks || state.attempts.length >= limits.attempts) {
    const fields = [...new Set(state.issues.map((issue) => issue.path.join(".") || "(the whole answer)"))].join(", ");
    const message = `The answer was refused after ${state.reasks} re-asks; wrong: ${fields}.`;
    return { failure: failure(code, message, { issues: state.issues }) };
  }
  const text = state.answer?.text ?? "";
  const turn: Message[] = [
    // An empty assistant message is refused by providers; then the complaint stands alone.
    ...(text ? [{ role: "assistant" as const, content: text }] : []),
    { role: "user", content: reaskMessage(text, state.issues, task.output) },
  ];
  const isLast = state.reasks + 1 === limits.reasks;
  return {
    reasks: state.reasks + 1,
    messages: [...conversation(state), ...turn],
    rung: isLast ? strongerRung(state, task.models) : state.rung,
  };
}

/** The messages without the latest re-ask. Only one is ever shown: earlier ones cost tokens and teach nothing more. */
export function conversation(state: RequestState): readonly Message[] {
  if (state.reasks === 0) return state.messages;
  const complaint = state.messages.length - 1;
  const shown = state.messages[complaint - 1]?.role === "assistant" ? 2 : 1;
  return state.messages.slice(0, -shown);
}

/** The rung of the next stronger model, in the order in which the task lists them; the present one at the top. */
function strongerRung(state: RequestState, weakestFirst: readonly string[]): number {
  const ladder = state.routing?.ladder ?? [];
  const strength = (rung: number) => weakestFirst.indexOf(ladder[rung]?.route ?? "");
  const present = strength(state.rung);
  const stronger = ladder.map((_, rung) => rung).filter((rung) => strength(rung) > present);
  stronger.sort((a, b) => strength(a) - strength(b));
  return stronger[0] ?? state.rung;
}
