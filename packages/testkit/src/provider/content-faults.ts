import type { ContentFault, Fault } from "./fault.js";
import type { FullReply } from "./reply.js";

/** The reply as a model with this fault would have given it. Tool arguments suffer where there is no text. */
export function spoilReply(reply: FullReply, fault: Fault | undefined): FullReply {
  if (fault === undefined) return reply;
  switch (fault.kind) {
    case "refusal": {
      const text = fault.text ?? "I cannot help with that.";
      const refused = { ...reply, toolCalls: [], finish: "stop" };
      return fault.asText ? { ...refused, text } : { ...refused, text: null, refusal: text };
    }
    case "content_filter":
      return { ...rewriteWords(reply, (text) => text.slice(0, text.length / 2)), finish: "content_filter" };
    case "truncated_json":
      return {
        ...rewriteWords(reply, (text) => text.slice(0, Math.ceil(text.length * 0.6))),
        finish: fault.finish ?? "length",
      };
    case "prose_around_json":
      return rewriteWords(
        reply,
        (text) => `Sure! Here is what you asked for:\n\n\`\`\`json\n${text}\n\`\`\`\n\nAnything else?`,
      );
    case "rewrite":
      return rewriteWords(reply, fault.rewrite);
    case "wrong_types":
    case "missing_field":
    case "fabricated_value":
      return rewriteWords(reply, (text) => spoilJson(text, fault));
    case "no_finish":
      return { ...reply, finish: null };
    default:
      return reply;
  }
}

function rewriteWords(reply: FullReply, rewrite: (text: string) => string): FullReply {
  if (reply.text !== null) return { ...reply, text: rewrite(reply.text) };
  return { ...reply, toolCalls: reply.toolCalls.map((call) => ({ ...call, arguments: rewrite(call.arguments) })) };
}

type JsonFault = Extract<ContentFault, { kind: "wrong_types" | "missing_field" | "fabricated_value" }>;

// Text that is no JSON object has no fields to spoil: it stays.
function spoilJson(text: string, fault: JsonFault): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return text;
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return text;
  if (fault.kind === "missing_field") {
    const { [fault.field ?? Object.keys(fields).at(-1) ?? ""]: _left, ...rest } = fields;
    return JSON.stringify(rest);
  }
  if (fault.kind === "fabricated_value") {
    const field = fault.field ?? Object.keys(fields).find((key) => typeof fields[key] === "string");
    if (field === undefined) return text;
    return JSON.stringify({ ...fields, [field]: fault.value ?? "invented@nowhere.example" });
  }
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [
        key,
        fault.field === undefined || fault.field === key ? wrongType(value) : value,
      ]),
    ),
  );
}

function wrongType(value: unknown): unknown {
  return typeof value === "string" ? value.length : `about ${JSON.stringify(value)}`;
}
