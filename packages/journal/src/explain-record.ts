import type { JsonObject, RequestRecord } from "@armature/contracts";
import { brief, columns, cut, milliseconds, section, usd } from "./explain-format.js";
import { costLines, timeLines } from "./explain-spending.js";
import { attemptLines, cacheLines, changeLines, issueLines, toolLines, verdictLines } from "./explain-work.js";
import { type ExplainOptions, promptDifference } from "./prompt-difference.js";
import { costOfRecord } from "./record-row.js";

/** The most lines of a prompt's difference, so that the whole stays on a screen. */
const DIFFERENCE_LINES = 5;

/** The most variables of a prompt, for the same reason. */
const VARIABLE_LINES = 3;

/**
 * The story of one request on one screen of plain text: how it ended, which route and why, which passages, which prompt
 * and how it differs from the version before, what was tried, what was wrong, what was changed and where, what it cost
 * line by line, and where the time went. Sections without content are left out; long lists are cut with their count.
 */
export function explainRecord(record: RequestRecord, options: ExplainOptions = {}): string {
  const { state } = record;
  const lines = [
    ...headline(record),
    ...section("Result", resultLines(record)),
    "",
    ...section("Route", routeLines(record)),
    ...section("Retrieval", retrievalLines(record)),
    ...section("Prompt", promptLines(record, options)),
    ...section("Cache", cacheLines(record)),
    ...section("Attempts", attemptLines(record)),
    ...section("Tools", toolLines(record)),
    ...section("Issues", issueLines(record)),
    ...section("Changes", changeLines(record)),
    ...section("Verdicts", verdictLines(record)),
    ...section(
      "Given up",
      state.degraded.map((what) => cut(what)),
    ),
    ...section("Cost", costLines(record)),
    ...section("Time", timeLines(record)),
    ...section("Feedback", feedbackLines(record)),
    ...section("Replay", replayLines(record)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function headline(record: RequestRecord): string[] {
  const { requestId, task, tenant, user, thread, traceId, acceptedAt, status, durationMs } = record;
  const who = [
    cut(task),
    tenant !== undefined && `tenant ${cut(tenant)}`,
    user !== undefined && `user ${cut(user)}`,
    thread !== undefined && `thread ${cut(thread)}`,
    traceId !== undefined && `trace ${cut(traceId)}`,
  ];
  const took = durationMs === undefined ? "" : ` in ${milliseconds(durationMs)}`;
  const when = new Date(acceptedAt).toISOString().replace("T", " ").replace("Z", " UTC");
  return [
    ...section("Request", [cut(requestId), who.filter(Boolean).join(", ")]),
    ...section("When", [`${when}, ${status}${took}, ${usd(costOfRecord(record))}`]),
  ];
}

function resultLines({ result, status }: RequestRecord): string[] {
  if (result === null) {
    const why = {
      open: "none yet",
      paused: "waits for a person",
      finished: "none",
      abandoned: "none: its process died",
    };
    return [why[status]];
  }
  if (result.ok) return [`accepted ${brief(result.value, 90)}`];
  const { code, message, stage, plugin, cause } = result.failure;
  const where = [stage && ` in ${stage}`, plugin && ` by ${plugin}`].filter(Boolean).join("");
  return [
    `refused: ${code}${where}`,
    ...(message ? [cut(message, 100)] : []),
    ...(cause ? [`because of ${cause.name}: ${cut(cause.message, 80)}`] : []),
  ];
}

function routeLines({ state: { routing } }: RequestRecord): string[] {
  if (!routing) return [];
  const reasonOf = (name: string) => routing.ladder.find((rung) => rung.route === name)?.reason ?? "";
  const [first, ...rest] = routing.ladder.map((rung) => rung.route);
  const ladder = first === undefined ? "no model may be used" : `${first}: ${cut(reasonOf(first), 80)}`;
  return [
    ladder,
    ...(rest.length > 0 ? [`then ${rest.map((name) => `${name} (${cut(reasonOf(name), 40)})`).join(", ")}`] : []),
    ...columns(
      routing.scores.map(({ route: name, score, reason }) => [`  ${name}`, score.toFixed(2), cut(reason, 70)]),
    ),
  ];
}

function retrievalLines({ state: { retrieval } }: RequestRecord): string[] {
  if (!retrieval) return [];
  const { passages, memories, dropped } = retrieval;
  if (passages.length + memories.length + dropped.length === 0) return [];
  const rows = [
    ...passages.map(({ id, score, store, start, end, text }) => [
      score.toFixed(3),
      `${cut(id, 30)} [${start}..${end}] in ${store}`,
      cut(text, 40),
    ]),
    ...memories.map(({ id, kind, tokens }) => ["memory", cut(id, 30), `${kind}, ${tokens} tokens`]),
    ...dropped.map(({ id, reason }) => ["dropped", cut(id, 30), cut(reason, 50)]),
  ];
  const indexes = (retrieval.indexes ?? []).map(({ store, version }) => `${store} at ${cut(version, 20)}`);
  const from = indexes.length > 0 ? ` from ${indexes.join(", ")}` : "";
  return [`${passages.length} passages for "${cut(retrieval.query, 60)}"${from}`, ...columns(rows)];
}

function promptLines(record: RequestRecord, options: ExplainOptions): string[] {
  const { rendering: prompt } = record.state;
  if (!prompt) return [];
  const counted = prompt.tokens === undefined ? "" : `, ${prompt.tokens} tokens`;
  const parameters = Object.entries(prompt.parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    `${prompt.name} ${prompt.version} (${prompt.hash.slice(0, 12)})${counted}`,
    ...(prompt.why === undefined ? [] : [cut(prompt.why, 100)]),
    ...(parameters.length > 0 ? [parameters.join(", ")] : []),
    ...variableLines(prompt.variables ?? {}),
    ...differenceLines(record, options),
  ];
}

function variableLines(variables: JsonObject): string[] {
  const shown = Object.entries(variables).map(([name, value]) => `${cut(name, 30)} = ${brief(value, 70)}`);
  return shown.length > VARIABLE_LINES
    ? [...shown.slice(0, VARIABLE_LINES), `… and ${shown.length - VARIABLE_LINES} variables more`]
    : shown;
}

function differenceLines(record: RequestRecord, options: ExplainOptions): string[] {
  const difference = promptDifference(record, options);
  if (!difference) return [];
  const lines = [
    ...difference.removed.map((line) => `- ${cut(line, 90)}`),
    ...difference.added.map((line) => `+ ${cut(line, 90)}`),
  ];
  if (lines.length === 0) return [`says what ${difference.previous} said`];
  const shown = lines.length > DIFFERENCE_LINES ? [...lines.slice(0, DIFFERENCE_LINES), "  …"] : lines;
  return [`since ${difference.previous}:`, ...shown];
}

function feedbackLines({ feedback = [] }: RequestRecord): string[] {
  return feedback.map(({ score, comment }) => `score ${score}${comment ? `: ${cut(comment, 90)}` : ""}`);
}

function replayLines({ replay }: RequestRecord): string[] {
  if (!replay) return [];
  return replay.replayable ? ["comes to the same outcome"] : replay.why.map((why) => cut(why, 100));
}
