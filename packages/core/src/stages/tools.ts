import {
  ArmatureError,
  type FinishReason,
  type Issue,
  type JsonValue,
  type Message,
  type RequestState,
  type ToolCall,
  type VerdictEntry,
} from "@armature/contracts";
import { parseOutput, validateJson } from "@armature/output";
import { asJson, contentOf } from "../content.js";
import { failure, isUnaffordable } from "../failure-of.js";
import { guardTool } from "../guards.js";
import type { Services } from "../services.js";
import type { Patch } from "../state.js";

interface Answered {
  readonly content: string;
  readonly verdicts: readonly VerdictEntry[];
  /** What ran with what; absent where nothing did. */
  readonly ran?: { readonly arguments: JsonValue; readonly result: JsonValue };
}

/** Runs the tools of one turn at once; their answers stand in the order of the calls. */
export async function tools(state: RequestState, services: Services): Promise<Patch> {
  const { limits } = services.task.task;
  if (state.toolTurns >= limits.toolTurns) {
    return { failure: failure("TOOL_TURNS_EXCEEDED", `The model asked for tools after ${limits.toolTurns} turns.`) };
  }
  const answer = state.answer!;
  const refused = answer.toolCalls.filter((call) => !isApproved(call, services));
  const visit = state.visits.tools ?? 1;
  const results = await Promise.all(
    answer.toolCalls.map((call) =>
      traced(call, visit, services, () =>
        refused.includes(call)
          ? complaint(`A person refused the call of "${call.name}".`)
          : runTool(call, answer.finish, services),
      ),
    ),
  );
  return {
    ...toolTurn(
      state,
      results.map(({ content }) => content),
    ),
    verdicts: results.flatMap((result) => result.verdicts),
  };
}

/** The state after one turn of tools. `contents` are their answers in the order of the calls. */
export function toolTurn(state: RequestState, contents: readonly string[]): Patch {
  const { text, toolCalls } = state.answer!;
  const replies = toolCalls.map(
    ({ id, name }, index): Message => ({ role: "tool", toolCallId: id, name, content: contents[index]! }),
  );
  return {
    toolTurns: state.toolTurns + 1,
    messages: [...state.messages, { role: "assistant", content: text, toolCalls }, ...replies],
  };
}

// Every approval is asked for before any tool runs: a pause re-enters this stage from its beginning.
function isApproved(call: ToolCall, services: Services): boolean {
  if (services.task.tools.find((tool) => tool.name === call.name)?.approval !== "ask") return true;
  if (services.approve) return services.approve(call);
  throw new ArmatureError(
    "STAGE_FAILED",
    `Tool "${call.name}" needs an approval, and this runner cannot pause: run the task's graph with a checkpointer.`,
  );
}

/** Notes one run of one tool for the record, also one that fails. */
async function traced(
  { id, name, argumentsText }: ToolCall,
  visit: number,
  { runtime, trace }: Services,
  run: () => Promise<Answered> | Answered,
): Promise<Answered> {
  const startedAt = runtime.clock.now();
  const facts = () => ({ id, name, visit, startedAt, latencyMs: runtime.clock.now() - startedAt });
  try {
    const answered = await run();
    const outcome = answered.ran ? "answered" : "refused";
    const { ran = { arguments: argumentsText, result: answered.content } } = answered;
    trace.tools.push({ ...facts(), ...ran, outcome });
    return answered;
  } catch (thrown) {
    trace.tools.push({ ...facts(), arguments: argumentsText, result: null, outcome: "failed" });
    throw thrown;
  }
}

async function runTool(call: ToolCall, finish: FinishReason, services: Services): Promise<Answered> {
  const tool = services.task.tools.find((one) => one.name === call.name);
  if (!tool) return complaint(`There is no tool "${call.name}".`);
  const parsed = parseOutput(argumentsText(call, finish), tool.parameters, { finish });
  if (parsed.status === "refused") return complaint(`The arguments are not valid: ${told(parsed.issues)}`);
  const asked = await guardTool(parsed.json, services);
  const held = validateJson(asked.value, tool.parameters);
  if (held.status === "refused") {
    const content = `The guards have changed the arguments, and they are not valid then: ${told(held.issues)}`;
    return { content, verdicts: asked.verdicts };
  }
  services.listener?.take({ type: "tool", name: call.name, id: call.id, phase: "called" });
  let result: JsonValue;
  try {
    // As the model will read it: guards must see all of that.
    result = asJson(await tool.run(held.value, services.context));
  } catch (cause) {
    if (services.context.signal.aborted || isUnaffordable(cause)) throw cause;
    throw new ArmatureError("PLUGIN_FAILED", `Tool "${tool.name}" failed.`, { plugin: tool.name, cause });
  }
  const answer = await guardTool(result, services);
  services.listener?.take({ type: "tool", name: call.name, id: call.id, phase: "answered" });
  return {
    content: contentOf(answer.value),
    verdicts: [...asked.verdicts, ...answer.verdicts],
    ran: { arguments: asked.value, result: answer.value },
  };
}

// Some models write nothing where there is nothing to say; a text that was cut says nothing either way.
function argumentsText({ argumentsText: text }: ToolCall, finish: FinishReason): string {
  return finish !== "length" && text.trim() === "" ? "{}" : text;
}

function told(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)).join("; ");
}

function complaint(content: string): Answered {
  return { content, verdicts: [] };
}
