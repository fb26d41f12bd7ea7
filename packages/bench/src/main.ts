import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.js";
import { overhead } from "./overhead.js";
import { reportLine } from "./report.js";

const BENCHES: Readonly<Record<string, Bench>> = { overhead };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, out: { type: "string" } },
});
const name = positionals[0] ?? "";
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench) {
  const line = reportLine(name, await bench(values.data === undefined ? {} : { data: values.data }));
  if (values.out !== undefined) writeFileSync(values.out, `${line}\n`);
  console.log(line);
} else {
  const names = Object.keys(BENCHES).join(", ");
  console.error(`${name ? `There is no benchmark "${name}".` : "Name a benchmark."} The benchmarks are: ${names}.`);
  console.error("pnpm bench <name> [--data <folder>] [--out <file>]");
  process.exitCode = 2;
}
