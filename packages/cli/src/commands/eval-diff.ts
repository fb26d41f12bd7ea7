import { resolve } from "node:path";
import { baselineOfReport, compareWith, formatDiff, readReport } from "@armature/evals";
import type { Command } from "../command.js";

/** Two reports side by side: flips first, then score, cost and latency. It judges nothing. */
export const evalDiff: Command = {
  usage: "<before> <after>",
  summary: "compare two reports: flips, score, cost, latency",
  options: { json: "the comparison as JSON" },
  async run({ args, options, terminal }) {
    const [before, after] = args.map((file) => readReport(resolve(terminal.cwd, file)));
    const baseline = baselineOfReport(args[0]!, before!);
    terminal.out(options.json ? JSON.stringify(compareWith(baseline, after!)) : formatDiff(baseline, after!));
    return 0;
  },
};
