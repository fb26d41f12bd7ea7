import type { Attempt, RequestRecord, StageTiming } from "@armature/contracts";
import { brief, columns, cut, milliseconds, pathText, section, usd } from "./explain-format.js";
import { costOfRecord } from "./record-row.js";

/**
 * The story of one request on one screen of plain text: how it ended, which route and why, which passages, which prompt,
 * what was tried, what was wrong and what was changed, what it cost line by line, and where the time went. Sections
 * without content are left out; long lists are cut with their count.
 */
export function explainRecord(record: RequestRecord): string {
  const { state } = record;
  const lines = [
    ...headline(record),
    ...section("Result", resultLines(record)),
    "",
    ...section("Route", routeLines(record)),
    ...section("Retrieval", retrievalLines(record)),
    ...section("Prompt", promptLines(record)),
    ...section("Attempts", columns(state.attempts.map(attemptCells))),
    ...section(
      "Issues",
      state.issues.map((issue) => `${pathText(issue.path)}: ${cut(issue.message)} (${issue.kind})`),
    ),
    ...section("Changes", changeLines(record)),
    ...section("Verdicts", verdictLines(record)),
    ...section(
      "Given up",
      state.degraded.map((what) => cut(what)),
    ),
    ...section("Cost", costLines(record)),
    ...section("Time", timeLines(record)),
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
  return [`${passages.length} passages for "${cut(retrieval.query, 60)}"`, ...columns(rows)];
}

function promptLines({ state: { rendering: prompt } }: RequestRecord): string[] {
  if (!prompt) return [];
  const parameters = Object.entries(prompt.parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    `${prompt.name} ${prompt.version} (${prompt.hash.slice(0, 12)}), ${prompt.tokens} tokens`,
    ...(parameters.length > 0 ? [parameters.join(", ")] : []),
  ];
}

function attemptCells(attempt: Attempt): string[] {
  const { number, stage, visit, route, model, answeredBy, why, fault, answer, usage } = attempt;
  const by = answeredBy !== undefined && answeredBy !== model ? `${model}, answered by ${answeredBy}` : model;
  const faultText = fault && `${fault.kind}${fault.status ? ` ${fault.status}` : ""}: ${cut(fault.message, 40)}`;
  return [
    `#${number}`,
    visit > 1 ? `${stage} (${visit})` : stage,
    `${route} = ${cut(by, 50)}`,
    why,
    `${attempt.result}${faultText ? ` ${faultText}` : answer ? ` ${answer.finish}` : ""}`,
    milliseconds(attempt.latencyMs),
    usage ? `${usage.inputTokens}+${usage.outputTokens} tokens` : "usage unknown",
    usd(attempt.costMicroUsd),
  ];
}

function changeLines({ state: { changes } }: RequestRecord): string[] {
  return columns(
    changes.map(({ class: kindOfChange, kind, path, span, before, after }) => [
      kindOfChange,
      kind,
      pathText(path),
      span ? `[${span.start}..${span.end}]` : "",
      `${brief(before, 30)} → ${brief(after, 30)}`,
    ]),
  );
}

function verdictLines({ state: { verdicts } }: RequestRecord): string[] {
  return columns(
    verdicts.map(({ guard, boundary, action, findings, reason }) => [
      guard,
      `at ${boundary}`,
      action,
      [countLabels(findings.map((finding) => finding.label)), reason && cut(reason)].filter(Boolean).join("; "),
    ]),
  );
}

function countLabels(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label)).join(", ");
}

function costLines(record: RequestRecord): string[] {
  const { costs } = record.state;
  if (costs.length === 0) return [];
  const rows = costs.map(({ what, name, microUsd, priceVersion, attemptId }) => {
    const attempt = record.state.attempts.find((one) => one.id === attemptId);
    const whose = attempt ? `attempt #${attempt.number}` : cut(attemptId, 40);
    return [`${what} ${cut(name, 40)}`, usd(microUsd), whose, priceVersion ?? "price unknown"];
  });
  return [...columns(rows), ...(costs.length > 1 ? [`together ${usd(costOfRecord(record))}`] : [])];
}

const BAR_WIDTH = 30;

function timeLines({ timings, durationMs }: RequestRecord): string[] {
  if (timings.length === 0) return [];
  const spent = timings.reduce((sum, timing) => sum + timing.durationMs, 0);
  const whole = Math.max(durationMs ?? 0, spent, 1);
  const bar = (ms: number) => "█".repeat(Math.round((ms / whole) * BAR_WIDTH)) || "▏";
  const rows = sumByStage(timings).map(({ stage, visits, ms }) => [
    visits > 1 ? `${stage} × ${visits}` : stage,
    milliseconds(ms),
    bar(ms),
  ]);
  const between = durationMs === undefined ? 0 : durationMs - spent;
  return columns(between >= 1 ? [...rows, ["between", milliseconds(between), bar(between)]] : rows);
}

function sumByStage(timings: readonly StageTiming[]) {
  const sums = new Map<string, { stage: string; visits: number; ms: number }>();
  for (const { stage, durationMs } of timings) {
    const sum = sums.get(stage) ?? { stage: cut(stage, 30), visits: 0, ms: 0 };
    sums.set(stage, { ...sum, visits: sum.visits + 1, ms: sum.ms + durationMs });
  }
  return [...sums.values()];
}
