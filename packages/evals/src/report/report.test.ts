import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { baselineOfReport } from "../baseline.js";
import { decideGate } from "../gate/decide.js";
import { formatHtml } from "./html.js";
import { formatJunit } from "./junit.js";
import { escapeMarkup } from "./markup.js";
import { type EvalReport, readReport, writeReport } from "./report.js";
import { formatDiff, formatReport } from "./terminal.js";

const folder = mkdtempSync(join(tmpdir(), "report-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A report of cases whose trials are given as 1 (passed) and 0. */
function reportOf(cases: { readonly [id: string]: readonly (0 | 1)[] }, baseline?: EvalReport): EvalReport {
  const results = Object.entries(cases).map(([id, trials]) => ({
    id,
    trials: trials.map((score) => ({
      passed: score === 1,
      score,
      scores: { exact: { score, passed: score === 1, ...(score === 0 && { note: "<wrong> & \u0007bad" }) } },
      latencyMs: 100,
      costMicroUsd: 50,
      requestId: `r-${id}`,
      output: { answer: score },
    })),
  }));
  const trials = results.flatMap((one) => one.trials).length;
  const hash = "a".repeat(64);
  const subject = { dataSetHash: hash, judges: {}, cases: results, selective: baseline !== undefined };
  return {
    version: 1,
    eval: "answers",
    task: "answer",
    prompt: { name: "answer", version: "1.0.0", hash },
    dataSet: { name: "words", hash },
    judges: {},
    mode: baseline ? "gate" : "baseline",
    startedAt: "2026-01-31T12:00:00.000Z",
    durationMs: 1500,
    complete: true,
    cases: results,
    totals: {
      trials,
      passRate: { rate: 0.5, low: 0.1, high: 0.9 },
      score: 0.5,
      costMicroUsd: 50 * trials,
      judgeCostMicroUsd: 0,
      p50Ms: 100,
      p99Ms: 100,
    },
    gate: decideGate(subject, baseline && baselineOfReport("before.json", baseline), {}),
  };
}
const eight = Array<1>(8).fill(1);
const zeros = Array<0>(8).fill(0);
const before = reportOf({ kept: eight, lost: eight, gained: zeros, shaky: [1, 0, 1, 1, 0, 1, 1, 1] });
const now = reportOf({ kept: [1], lost: zeros, gained: [1], shaky: [1] }, before);

describe("a report", () => {
  it("comes back from its file, and a file that is none is named with its field", () => {
    const file = join(folder, "report.json");
    writeReport(file, now);
    expect(readReport(file)).toEqual(now);
    writeFileSync(file, JSON.stringify({ ...now, version: 2 }));
    expect(() => readReport(file)).toThrow(/report\.json: version: /);
    writeFileSync(file, "{");
    expect(() => readReport(file)).toThrow(/cannot be read as JSON/);
  });

  it("tells the flips first, then score, cost, latency, then the gate", () => {
    const lines = formatReport(now, baselineOfReport("before.json", before)).split("\n");
    expect(lines.slice(0, 7)).toEqual([
      "answers: answer@1.0.0, 4 cases of words, 11 trials",
      "  against   before.json",
      "  broke     lost: 8/8 -> 0/8",
      "  mended    gained: 0/8 -> 1/1",
      "  score     0.688 -> 0.750",
      "  cost      0.000050 USD a trial",
      "  latency   100 ms (p50), 100 ms (p99)",
    ]);
    expect(lines.slice(-2)).toEqual([
      "  gate      NOT held",
      '            - case "lost" is broken: 8 of 8 before, 0 of 8 now',
    ]);
    expect(formatDiff(baselineOfReport("before.json", before), now)).toContain("  broke     lost: 8/8 -> 0/8");
  });

  it("tells of a first baseline which cases failed, and why", () => {
    const text = formatReport(before);
    expect(text).toContain("  0/8       gained: exact: <wrong> & \u0007bad");
    expect(text).toContain("  6/8       shaky: ");
    expect(text).toContain("gate      a first baseline");
  });

  it("is JUnit in which only what is flagged has failed", () => {
    const xml = formatJunit(now);
    expect(xml).toContain('<testsuite name="answers" tests="5" failures="2"');
    expect(xml).toMatch(/name="lost"[^>]*><failure message="0 of 8 trials passed"\/>/);
    expect(xml).toMatch(/name="kept"[^>]*\/>/);
    expect(xml).toMatch(/name="gate"[^>]*><failure message="case &quot;lost&quot; is broken/);
    expect(formatJunit(before)).toContain('failures="0"');
    expect(formatJunit(before)).toContain("<system-out>6 of 8 trials passed</system-out>");
  });

  it("shows a case that the run did not reach as skipped, not as passed", () => {
    const cut = reportOf({ kept: eight, late: [] });
    const xml = formatJunit(cut);
    expect(xml).toContain('tests="3" failures="0" skipped="1"');
    expect(xml).toMatch(/name="late"[^>]*><skipped message="the run was cut short before it"\/>/);
    expect(formatHtml(cut)).toContain('<tr class="not run"><td>late</td>');
    expect(formatDiff(baselineOfReport("cut.json", cut), now)).toContain("1 in both, 0 only before, 3 only now");
  });

  it("gives no figures of a run in which nothing was run", () => {
    const none = formatReport(reportOf({ late: [] }, before), baselineOfReport("before.json", before));
    expect(none).toBe("answers: answer@1.0.0, 1 cases of words, 0 trials\n  gate      held");
  });

  it("says of runs without a common case that nothing was compared", () => {
    const other = reportOf({ new: [1] }, before);
    const text = formatDiff(baselineOfReport("before.json", before), other);
    expect(text).toContain("  cases     0 in both, 4 only before, 1 only now\n  flips     nothing to compare: no case");
    expect(text).not.toContain("score");
    expect(other.gate).toMatchObject({ held: false, reasons: [expect.stringContaining("nothing was compared")] });
  });

  it("lets no text of a case out of its place", () => {
    const evil = '"><script>alert(1)</script>]]>';
    const report = reportOf({ [evil]: zeros }, reportOf({ [evil]: eight }));
    expect(formatHtml(report)).not.toContain("<script");
    expect(formatHtml(report)).toContain("<td>&quot;&gt;&lt;script&gt;");
    expect(formatJunit(report)).toContain('<testcase name="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;"');
  });

  it("is one HTML file that loads nothing and runs nothing, broken cases first", () => {
    const html = formatHtml(now, baselineOfReport("before.json", before));
    expect(html).not.toMatch(/<script|<link|<img|src=|href=|@import|url\(/);
    expect(html.indexOf("<td>lost")).toBeLessThan(html.indexOf("<td>gained"));
    expect(html).toContain("8/8 → 0/8");
    expect(html).toContain("&lt;wrong&gt; &amp; \ufffdbad");
  });
});

describe("escapeMarkup", () => {
  it("leaves nothing that could end a text or an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeMarkup(text);
        expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, "")).not.toMatch(/[<>"'&]/);
        expect(escaped).not.toMatch(/\p{Cs}/u);
      }),
    );
    expect(escapeMarkup("a\ud800b\u0000c\n")).toBe("a\ufffdb\ufffdc\n");
  });
});
