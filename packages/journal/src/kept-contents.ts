import type {
  Answer,
  Attempt,
  Change,
  ContentField,
  Failure,
  Issue,
  JsonObject,
  MemoryItem,
  Message,
  Passage,
  RetrievalTrace,
  Routing,
  ToolCall,
  ToolTrace,
  VerdictEntry,
} from "@armature/contracts";
import type { ContentKeeper } from "./content-keeper.js";

// One function for each part of a record that holds content: what it returns holds what the keeper lets pass.

export function keptRouting({ ladder, scores, ...facts }: Routing, keeper: ContentKeeper): Routing {
  const withReason = <T extends { readonly reason: string }>(one: T): T => ({
    ...one,
    reason: keeper.text("messages", one.reason),
  });
  return { ...facts, ladder: ladder.map(withReason), scores: scores.map(withReason) };
}

export function keptRetrieval(retrieval: RetrievalTrace, keeper: ContentKeeper): RetrievalTrace {
  return {
    ...retrieval,
    query: keeper.text("passages", retrieval.query),
    passages: retrieval.passages.map((passage) => keptPassage(passage, keeper)),
    memories: retrieval.memories.map((item) => keptMemory(item, keeper)),
    dropped: retrieval.dropped.map((one) => ({ ...one, reason: keeper.text("messages", one.reason) })),
  };
}

function keptPassage({ metadata, ...passage }: Passage, keeper: ContentKeeper): Passage {
  return {
    ...passage,
    text: keeper.text("passages", passage.text),
    ...(metadata && { metadata: keeper.object("passages", metadata) }),
  };
}

function keptMemory(item: MemoryItem, keeper: ContentKeeper): MemoryItem {
  return { ...item, messages: item.messages.map((message) => keptMessage(message, "memories", keeper)) };
}

export function keptMessage(message: Message, field: ContentField, keeper: ContentKeeper): Message {
  if (message.role === "tool") {
    const { content, name } = message;
    return { ...message, content: keeper.text(field, content), name: keeper.text(field, name) };
  }
  const { content } = message;
  const kept =
    typeof content === "string"
      ? keeper.text(field, content)
      : content.map((part) =>
          part.type === "text"
            ? { ...part, text: keeper.text(field, part.text) }
            : { ...part, image_url: { url: keeper.text(field, part.image_url.url) } },
        );
  if (message.role !== "assistant" || !message.toolCalls) return { ...message, content: kept };
  return { ...message, content: kept, toolCalls: message.toolCalls.map((call) => keptToolCall(call, field, keeper)) };
}

/** The name too is the model's word: it may name a tool that nobody has. */
function keptToolCall(call: ToolCall, field: ContentField, keeper: ContentKeeper): ToolCall {
  return { ...call, name: keeper.text(field, call.name), argumentsText: keeper.text(field, call.argumentsText) };
}

/** Their names are words of the template. */
export function keptVariables(variables: JsonObject, keeper: ContentKeeper): JsonObject {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, keeper.json("prompt", value)]));
}

export function keptAnswer({ refusal, ...answer }: Answer, keeper: ContentKeeper): Answer {
  return {
    ...answer,
    text: keeper.text("answers", answer.text),
    toolCalls: answer.toolCalls.map((call) => keptToolCall(call, "answers", keeper)),
    ...(refusal !== undefined && { refusal: keeper.text("answers", refusal) }),
  };
}

export function keptAttempt({ answer, fault, ...attempt }: Attempt, keeper: ContentKeeper): Attempt {
  return {
    ...attempt,
    ...(answer && { answer: keptAnswer(answer, keeper) }),
    ...(fault && { fault: { ...fault, message: keeper.text("messages", fault.message) } }),
  };
}

export function keptIssue({ received, expected, ...issue }: Issue, keeper: ContentKeeper): Issue {
  return {
    ...issue,
    path: keeper.path(issue.path),
    message: keeper.text("issues", issue.message),
    ...(expected !== undefined && { expected: keeper.text("issues", expected) }),
    ...(received !== undefined && { received: keeper.json("issues", received) }),
  };
}

export function keptChange(change: Change, keeper: ContentKeeper): Change {
  return {
    ...change,
    path: keeper.path(change.path),
    before: keeper.json("changes", change.before),
    after: keeper.json("changes", change.after),
  };
}

export function keptVerdict({ reason, ...verdict }: VerdictEntry, keeper: ContentKeeper): VerdictEntry {
  return {
    ...verdict,
    findings: verdict.findings.map(({ replacement, ...finding }) => ({
      ...finding,
      path: keeper.path(finding.path),
      ...(replacement !== undefined && { replacement: keeper.text("messages", replacement) }),
    })),
    ...(reason !== undefined && { reason: keeper.text("messages", reason) }),
  };
}

export function keptTool(tool: ToolTrace, keeper: ContentKeeper): ToolTrace {
  return {
    ...tool,
    // A refused call may name a tool that nobody has.
    name: tool.outcome === "refused" ? keeper.text("tools", tool.name) : tool.name,
    arguments: keeper.json("tools", tool.arguments),
    result: keeper.json("tools", tool.result),
  };
}

/** Messages and causes of failures may quote a provider, which may quote the request. */
export function keptFailure({ cause, issues, details, ...failure }: Failure, keeper: ContentKeeper): Failure {
  return {
    ...failure,
    message: keeper.text("messages", failure.message),
    ...(issues && { issues: issues.map((issue) => keptIssue(issue, keeper)) }),
    ...(details && { details: keeper.object("messages", details as JsonObject) }),
    ...(cause && { cause: { name: cause.name, message: keeper.text("messages", cause.message) } }),
  };
}
