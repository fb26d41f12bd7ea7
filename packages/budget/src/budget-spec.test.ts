import { expect, it } from "vitest";
import { accountOf, type BudgetWindow } from "./budget-spec.js";
import { memoryBudgetStore } from "./memory-budget-store.js";

const at = (window: BudgetWindow, now: number) => {
  const { account, resetsAt } = accountOf({ scope: "global", window, usd: 1 }, { request: "r" }, now);
  return [account, resetsAt];
};

it.each<[BudgetWindow, number, string, number]>([
  ["month", Date.UTC(2027, 11, 31, 23, 59, 59, 999), "month:2027-12", Date.UTC(2028, 0, 1)],
  ["month", Date.UTC(2028, 1, 29, 12), "month:2028-02", Date.UTC(2028, 2, 1)],
  ["day", Date.UTC(2028, 1, 28, 23, 59, 59, 999), "day:2028-02-28", Date.UTC(2028, 1, 29)],
  // Clocks in Europe and America change on these days, and UTC does not.
  ["day", Date.UTC(2026, 2, 29, 1, 30), "day:2026-03-29", Date.UTC(2026, 2, 30)],
  ["hour", Date.UTC(2026, 10, 1, 5, 59, 59, 999), "hour:2026-11-01T05", Date.UTC(2026, 10, 1, 6)],
  ["hour", Date.UTC(2026, 11, 31, 23, 30), "hour:2026-12-31T23", Date.UTC(2027, 0, 1)],
])("a %s ends where the next begins", (window, now, name, resetsAt) => {
  expect(at(window, now)).toEqual([`global/${name}`, resetsAt]);
  expect(at(window, resetsAt)[0]).not.toBe(`global/${name}`);
  expect(at(window, resetsAt - 1)[0]).toBe(`global/${name}`);
});

it("a cap is the whole of its dollars, whatever their binary fraction", () => {
  // Times a million it is 1,000,999.9999999999.
  const { capMicroUsd } = accountOf({ scope: "global", window: "total", usd: 1.001 }, { request: "r" }, 0);
  expect(capMicroUsd).toBe(1_001_000);
});

it("a clock that is set back makes no room", async () => {
  const store = memoryBudgetStore();
  const now = Date.UTC(2026, 0, 2, 0, 1);
  const hold = (attemptId: string, time: number) => {
    const { account, capMicroUsd } = accountOf({ scope: "global", window: "total", usd: 1 }, { request: "r" }, time);
    const most = { microUsd: 600_000, atLeastMicroUsd: 600_000 };
    const lines = [{ account, capMicroUsd }];
    return store.hold({ attemptId, lines, ...most, dispatched: true, now: time, expiresAt: time + 1_000 });
  };
  expect((await hold("a", now)).held).toBe(true);
  // Expired, and therefore charged.
  expect((await hold("b", now + 2_000)).held).toBe(false);
  expect((await hold("c", now - 86_400_000)).held).toBe(false);
  expect(await store.balances(["global/total"], now - 86_400_000)).toMatchObject([
    { settledMicroUsd: 600_000, heldMicroUsd: 0 },
  ]);
});
