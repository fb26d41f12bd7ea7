import type { Baseline } from "../baseline.js";
import { escapeMarkup as text } from "./markup.js";
import { type CaseResult, type EvalReport, passesOf, scoreOf } from "./report.js";
import { formatReport } from "./terminal.js";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}pre{background:#f5f5f3;padding:1rem;overflow:auto}
tr.broken td:first-child{border-left:4px solid #c0392b}tr.slipped td:first-child{border-left:4px solid #d9a400}
tr.passed td:first-child{border-left:4px solid #2e7d32}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e8e8e8}pre{background:#222}td,th{border-color:#333}}`;

/** A report as one HTML file that needs nothing else: no script, no font, no request. */
export function formatHtml(report: EvalReport, baseline?: Baseline): string {
  const broken = new Set(report.gate.broken.map(({ id }) => id));
  const rows = [...report.cases].sort((a, b) => rank(a, broken) - rank(b, broken) || (a.id < b.id ? -1 : 1));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${text(report.eval)}</title>
<style>${STYLE}</style>
<h1>${text(report.eval)}: ${report.gate.held ? "held" : "not held"}</h1>
<pre>${text(formatReport(report, baseline))}</pre>
<table>
<thead><tr><th>Case</th><th class="n">Passed</th><th class="n">Score</th><th class="n">ms</th><th>Trials</th></tr></thead>
<tbody>
${rows.map((one) => caseRow(one, broken, baseline)).join("\n")}
</tbody>
</table>
<p>Prompt ${text(report.prompt.hash)}<br>Data set ${text(report.dataSet.hash)}<br>${text(report.startedAt)}</p>
</html>
`;
}

const STANDS = ["broken", "slipped", "passed", "not run"] as const;

function rank(one: CaseResult, broken: ReadonlySet<string>): number {
  if (one.trials.length === 0) return 3;
  if (broken.has(one.id)) return 0;
  return passesOf(one) < one.trials.length ? 1 : 2;
}

function caseRow(one: CaseResult, broken: ReadonlySet<string>, baseline: Baseline | undefined): string {
  const before = baseline?.cases.get(one.id);
  const was = before ? `${before.passes}/${before.trials} → ` : "";
  const ms = one.trials.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / Math.max(1, one.trials.length);
  const trials = one.trials.map((trial) => {
    const scores = Object.entries(trial.scores).map(
      ([name, { score, note }]) => `${name} ${score.toFixed(2)}${note === undefined ? "" : ` (${note})`}`,
    );
    const output = trial.output === undefined ? (trial.failure ?? "") : JSON.stringify(trial.output);
    return `<li>${trial.passed ? "passed" : "failed"}, ${text(trial.requestId)}: ${text(scores.join("; "))}<br><code>${text(output)}</code></li>`;
  });
  return `<tr class="${STANDS[rank(one, broken)]}"><td>${text(one.id)}</td><td class="n">${was}${passesOf(one)}/${one.trials.length}</td><td class="n">${scoreOf(one).toFixed(3)}</td><td class="n">${Math.round(ms)}</td><td><details><summary>${one.trials.length}</summary><ul>${trials.join("")}</ul></details></td></tr>`;
}
