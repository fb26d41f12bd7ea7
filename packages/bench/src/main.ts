import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.js";
import { faults } from "./faults.js";
import { gates } from "./gates.js";
import { journal } from "./journal.js";
import { output } from "./output.js";
import { overhead } from "./overhead.js";
import { partials } from "./partials.js";
import { reportLine } from "./report.js";
import { router } from "./router.js";
import { tail } from "./tail.js";

const BENCHES: Readonly<Record<string, Bench>> = { faults, gates, journal, output, overhead, partials, router, tail };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    out: { type: "string" },
    train: { type: "boolean" },
    records: { type: "string" },
  },
});
const name = positionals[0] ?? "";
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench) {
  const result = await bench({
    ...(values.data !== undefined && { data: values.data }),
    ...(values.records !== undefined && { records: Number(values.records) }),
    ...(values.train && { isTraining: true }),
  });
  const line = reportLine(name, result);
  if (values.out !== undefined) writeFileSync(values.out, `${(result.lines ?? [line]).join("\n")}\n`);
  console.log(line);
} else {
  const names = Object.keys(BENCHES).join(", ");
  console.error(`${name ? `There is no benchmark "${name}".` : "Name a benchmark."} The benchmarks are: ${names}.`);
  console.error("pnpm bench <name> [--data <folder>] [--out <file>] [--train] [--records <count>]");
  process.exitCode = 2;
}
