import type { Attempt, RequestRecord } from "@armature/contracts";
import { attemptReason } from "./attempt-reason.js";
import { brief, columns, cut, milliseconds, pathText, usd } from "./explain-format.js";

/** What was tried, why, and what came of it. */
export function attemptLines(record: RequestRecord): string[] {
  return columns(record.state.attempts.map((attempt) => attemptCells(attempt, record)));
}

/** What was wrong with every answer, or, where only the last one is known, with that. */
export function issueLines({ validations = [], state }: RequestRecord): string[] {
  const all = validations.flatMap(({ visit, issues }) => issues.map((issue) => ({ issue, when: `answer ${visit}: ` })));
  const known = all.length > 0 ? all : state.issues.map((issue) => ({ issue, when: "" }));
  return known.map(({ issue, when }) => `${when}${pathText(issue.path)}: ${cut(issue.message)} (${issue.kind})`);
}

export function toolLines({ tools = [] }: RequestRecord): string[] {
  return columns(
    tools.map(({ name, outcome, latencyMs, arguments: given, result }) => [
      cut(name, 30),
      outcome,
      milliseconds(latencyMs),
      `${brief(given, 40)} → ${brief(result, 40)}`,
    ]),
  );
}

export function cacheLines({ cache }: RequestRecord): string[] {
  if (!cache) return [];
  const near = cache.similarity === 1 ? "equal request" : `similarity ${cache.similarity.toFixed(3)}`;
  const age = milliseconds(cache.ageMs);
  return [
    `${cut(cache.cache, 30)}: answer of ${cut(cache.originRequestId)}, ${near}, ${age} old, saved ${usd(cache.savedMicroUsd)}`,
  ];
}

function attemptCells(attempt: Attempt, record: RequestRecord): string[] {
  const { number, stage, visit, route, model, answeredBy, fault, answer, usage } = attempt;
  const by = answeredBy !== undefined && answeredBy !== model ? `${model}, answered by ${answeredBy}` : model;
  const faultText = fault && `${fault.kind}${fault.status ? ` ${fault.status}` : ""}: ${cut(fault.message, 40)}`;
  return [
    `#${number}`,
    visit > 1 ? `${stage} (${visit})` : stage,
    `${route} = ${cut(by, 50)}`,
    cut(attemptReason(attempt, record), 40),
    `${attempt.result}${faultText ? ` ${faultText}` : answer ? ` ${answer.finish}` : ""}`,
    milliseconds(attempt.latencyMs),
    usage ? `${usage.inputTokens}+${usage.outputTokens} tokens` : "usage unknown",
    usd(attempt.costMicroUsd),
  ];
}

export function changeLines({ state: { changes } }: RequestRecord): string[] {
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

export function verdictLines({ state: { verdicts } }: RequestRecord): string[] {
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
