import { ArmatureError, type JsonValue, type RequestRecord } from "@armature/contracts";
import { z } from "zod";

/** One request, and how well the weak model answered it. */
export interface RouteExample {
  readonly text: string;
  /** Quality of the weak model's answer, 0 to 1. */
  readonly weak: number;
  /** Of the strong model's; 1 where nobody asked it. */
  readonly strong: number;
  /** What kind of request it is, where that is known: its task, its topic. Needed to learn, never to judge. */
  readonly group?: string | undefined;
}

const Quality = z.union([z.boolean().transform(Number), z.number().min(0).max(1)]);
const Line = z.object({ text: z.string(), weak: Quality, strong: Quality.default(1), group: z.string().optional() });

/**
 * Examples from lines of JSON `{"text", "weak", "strong"?, "group"?}`; qualities are numbers from 0 to 1, or booleans.
 *
 * @throws ArmatureError `CONFIG_INVALID` naming the line and the field
 */
export function parseExamples(jsonl: string): RouteExample[] {
  return jsonl.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, index + 1)]));
}

function parseLine(line: string, number: number): RouteExample {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `Line ${number} of the router's examples is not JSON.`, { cause });
  }
  const parsed = Line.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "the whole line";
  const what = `Line ${number} of the router's examples is wrong at ${field}: ${issue?.message}.`;
  throw new ArmatureError("CONFIG_INVALID", what);
}

/**
 * What the journal knows about the weakest model: a finished request that began on the first of its candidates is an
 * example, and its task is the group. It sufficed (1) when its answer was accepted at once; it did not (0) when a re-ask, a stronger model or a
 * refused output followed. Faults of providers and callers say nothing about a model and are left out, and so are records
 * whose input was not kept.
 */
export function examplesOf(records: Iterable<RequestRecord>): RouteExample[] {
  const examples: RouteExample[] = [];
  for (const { state, result, status, task } of records) {
    const weakest = state.routing?.scores[0]?.route;
    const answered = state.attempts.filter((attempt) => attempt.result === "answered" && attempt.stage === "call");
    const text = textsOf(state.input).join("\n");
    if (status !== "finished" || !result || weakest === undefined || text === "") continue;
    if (answered[0]?.route !== weakest || state.routing?.ladder[0]?.route !== weakest) continue;
    if (!result.ok && !result.failure.code.startsWith("OUTPUT_") && result.failure.code !== "UNGROUNDED") continue;
    const sufficed = result.ok && state.reasks === 0 && answered.every((attempt) => attempt.route === weakest);
    examples.push({ text, weak: sufficed ? 1 : 0, strong: 1, group: task });
  }
  return examples;
}

function textsOf(value: JsonValue): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsOf) : [];
}
