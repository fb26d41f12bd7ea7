import type { Answer, JsonValue, RequestState } from "@armature/contracts";
import { parseOutput } from "@armature/output";
import { failure } from "../failure-of.js";
import type { Patch } from "../state.js";
import type { Task } from "../task.js";

/** What `validate` reads: enough to place it in a graph of one's own. */
export type ValidateState = Pick<RequestState, "input" | "answer">;

/** Makes the candidate of the answer, or names the issues. Mends what needs no guess; refuses what the model refused. */
export async function validate(
  state: ValidateState,
  services: { readonly task: { readonly task: Task } },
): Promise<Patch> {
  const { task } = services.task;
  if (!state.answer) return { failure: failure("OUTPUT_INVALID", "There is no answer to validate.") };
  const parsed = parseAnswer(state.answer, state.input, task);
  if (parsed.status === "value") {
    return { candidate: { json: parsed.json }, issues: [], rejection: null, changes: parsed.changes };
  }
  // A refusal is a decision and no slip of form: there is nothing to mend. To press the model, or to look for another one
  // that does not mind, is for the application to decide (`app.rerun`).
  if (parsed.code === "OUTPUT_REFUSED") {
    return { failure: failure("OUTPUT_REFUSED", "The model refused to answer.", { issues: parsed.issues }) };
  }
  return { candidate: null, issues: parsed.issues, rejection: parsed.code };
}

/** What an answer holds for this input, by the task's contract. */
export function parseAnswer({ text, finish, refusal }: Answer, input: JsonValue, task: Task) {
  const refused = refusal === undefined ? {} : { refusal };
  return parseOutput(text, task.output, { finish, ...refused, input: task.input.parse(input) });
}
