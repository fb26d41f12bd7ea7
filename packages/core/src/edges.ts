import type { RequestState } from "@armature/contracts";

// What decides between stages. Each is pure, so that a graph can be read, drawn and tested without running it.

export function afterRoute(state: RequestState): "retrieve" | "log" {
  return state.failure ? "log" : "retrieve";
}

export function afterRetrieve(state: RequestState): "prompt" | "log" {
  return state.failure ? "log" : "prompt";
}

export function afterPrompt(state: RequestState): "call" | "log" {
  return state.failure ? "log" : "call";
}

/** A model that asks for tools gets them; anything else is an answer to validate. */
export function afterCall(state: RequestState): "tools" | "validate" | "log" {
  if (state.failure) return "log";
  return state.answer && state.answer.finish === "tool_calls" && state.answer.toolCalls.length > 0
    ? "tools"
    : "validate";
}

export function afterTools(state: RequestState): "call" | "log" {
  return state.failure ? "log" : "call";
}

/** No issues: the candidate is accepted. */
export function afterValidate(state: RequestState): "repair" | "log" {
  return !state.failure && state.issues.length > 0 ? "repair" : "log";
}

export function afterRepair(state: RequestState): "call" | "log" {
  return state.failure ? "log" : "call";
}
