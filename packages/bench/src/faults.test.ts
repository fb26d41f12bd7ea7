import { faultMatrix, runScenario } from "@armature/testkit/provider";
import { expect, it } from "vitest";
import { matrixClient } from "./faults/client.js";
import { COLUMNS } from "./faults/columns.js";

const SCALE = 4;

it.each(COLUMNS.map((column) => [column.name, column] as const))("sees a rescued stream, %s", async (_, column) => {
  const scenario = faultMatrix(SCALE).find(({ name }) => name === "cut after 40 of 60 tokens")!;
  const client = () => matrixClient(column, SCALE);
  const report = await runScenario(scenario, { scale: SCALE, slackMs: 5_000, client });
  expect(report).toMatchObject({ ended: "complete", passed: true, attempts: 4 });
});

it("sees what is not rescued", async () => {
  const scenario = { ...faultMatrix(SCALE)[0]!, mostAttempts: 1 };
  const client = () => matrixClient(COLUMNS[0]!, SCALE);
  const report = await runScenario(scenario, { scale: SCALE, slackMs: 5_000, client });
  expect(report).toMatchObject({ ended: "2 attempts", passed: false });
});
