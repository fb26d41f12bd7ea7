import { type FaultScenario, faultMatrix, runScenario, type ScenarioReport } from "@armature/testkit/provider";
import { atLeast, type Bench } from "./bench.js";
import { matrixClient } from "./faults/client.js";
import { COLUMNS, type Column } from "./faults/columns.js";
import { formatTable } from "./report.js";

/** What is granted beyond the time of a row, for a machine that has other things to do. */
const SLACK_MS = 1_000;

/** So many cells at a time: a row is mostly waiting, but sixty-four clients that start together keep each other waiting. */
const AT_A_TIME = 6;

interface Row {
  readonly name: string;
  readonly cells: readonly ScenarioReport[];
}

/** Every cell of the fault matrix, with all times divided by `scale`. The rows that take a minute run beside the others. */
async function runMatrix(scale: number): Promise<Row[]> {
  const scenarios = faultMatrix(scale);
  const cells = new Map<string, ScenarioReport>();
  const run = async (scenario: FaultScenario, column: Column) => {
    const report = await runScenario(scenario, {
      scale,
      slackMs: SLACK_MS,
      client: () => matrixClient(column, scale),
      typedErrorsAllowed: !column.isPromise,
    });
    cells.set(`${scenario.name}, ${column.name}`, report);
  };
  const all = scenarios.flatMap((scenario) => COLUMNS.map((column) => ({ scenario, column })));
  const long = all.filter(({ scenario }) => scenario.series);
  const waiting = all.filter(({ scenario }) => !scenario.series);
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await run(next.scenario, next.column);
  };
  await Promise.all([
    ...long.map(({ scenario, column }) => run(scenario, column)),
    ...Array.from({ length: AT_A_TIME }, worker),
  ]);
  return scenarios.map(({ name }) => ({
    name,
    cells: COLUMNS.map((column) => cells.get(`${name}, ${column.name}`)!),
  }));
}

/**
 * What a caller with one fallback and two retries gets when its primary misbehaves in sixteen ways. Where text has been
 * delivered already, a typed error is an end too, and is shown as what it is.
 */
export const faults: Bench = async () => {
  silenceClients();
  const rows = await runMatrix(1);
  const head = ["primary and one fallback, two retries", ...COLUMNS.map(({ name }) => name)];
  console.log(formatTable(head, [...rows.map(({ name, cells }) => [name, ...cells.map(cellOf)]), totals(rows)]));
  const figures = Object.fromEntries(COLUMNS.map((column, index) => [column.name, figuresOf(rows, index)]));
  const targets = COLUMNS.flatMap((column, index) => {
    const { whole, typedErrors } = figuresOf(rows, index);
    if (column.isPromise) return [atLeast(`${column.name}: rows that end as they must`, whole, rows.length)];
    return [atLeast(`${column.name}: rows without a silent stop`, whole + typedErrors, rows.length)];
  });
  return { figures, targets };
};

function isTypedError({ passed, ended }: ScenarioReport): boolean {
  return passed && ended === "typed error";
}

function figuresOf(rows: readonly Row[], column: number) {
  const cells = rows.map((row) => row.cells[column]!);
  return {
    whole: cells.filter((cell) => cell.passed && !isTypedError(cell)).length,
    typedErrors: cells.filter(isTypedError).length,
    failed: rows.flatMap(({ name }, row) => (cells[row]!.passed ? [] : [`${name}: ${cells[row]!.ended}`])),
  };
}

function totals(rows: readonly Row[]): string[] {
  return ["whole", ...COLUMNS.map((_: Column, index) => `${figuresOf(rows, index).whole} of ${rows.length}`)];
}

function cellOf({ passed, ended, attempts, tookMs }: ScenarioReport): string {
  return `${passed ? ended : `NOT: ${ended}`}, ${attempts} att., ${(tookMs / 1_000).toFixed(1)} s`;
}

// The OpenAI client prints every malformed chunk on the console.
function silenceClients(): void {
  process.env.OPENAI_LOG = "off";
}
