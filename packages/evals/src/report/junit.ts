import { escapeMarkup } from "./markup.js";
import { type EvalReport, passesOf } from "./report.js";

/**
 * A report as JUnit XML: one test case a case, and one for the gate. Only what the gate flags is a failure; a case
 * that slipped without being flagged says so in its output.
 */
export function formatJunit(report: EvalReport): string {
  const { gate, cases } = report;
  const broken = new Set(gate.broken.map(({ id }) => id));
  const failures = broken.size + (gate.held ? 0 : 1);
  const skipped = cases.filter(({ trials }) => trials.length === 0).length;
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const attribute = (name: string, value: string | number) => ` ${name}="${escapeMarkup(String(value))}"`;
  const lines = cases.map((one) => {
    const time = one.trials.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
    const open = `    <testcase${attribute("name", one.id)}${attribute("classname", report.eval)}${attribute("time", seconds(time))}`;
    const counts = `${passesOf(one)} of ${one.trials.length} trials passed`;
    if (one.trials.length === 0) return `${open}><skipped message="the run was cut short before it"/></testcase>`;
    if (broken.has(one.id)) return `${open}><failure${attribute("message", counts)}/></testcase>`;
    return passesOf(one) === one.trials.length ? `${open}/>` : `${open}><system-out>${counts}</system-out></testcase>`;
  });
  const gateCase = `    <testcase${attribute("name", "gate")}${attribute("classname", report.eval)}${attribute("time", seconds(0))}`;
  const gateLine = gate.held
    ? `${gateCase}/>`
    : `${gateCase}><failure${attribute("message", gate.reasons[0] ?? "")}>${escapeMarkup(gate.reasons.join("\n"))}</failure></testcase>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite${attribute("name", report.eval)}${attribute("tests", cases.length + 1)}${attribute("failures", failures)}${attribute("skipped", skipped)}${attribute("timestamp", report.startedAt)}${attribute("time", seconds(report.durationMs))}>`,
    ...lines,
    gateLine,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}
