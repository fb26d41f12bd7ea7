import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "./system.js";

const MONTH_MS = 31 * 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("calls back after a month, which no timer of Node's can wait for at once", () => {
  const called = vi.fn();
  systemClock.after(MONTH_MS, called);
  vi.advanceTimersByTime(MONTH_MS - 1);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledOnce();
});

it.each([
  ["in its first days", 1_000],
  ["in its last", MONTH_MS - 1_000],
])("lets go of such a wait %s", (_, ms) => {
  const cancel = systemClock.after(MONTH_MS, () => expect.unreachable());
  vi.advanceTimersByTime(ms);
  cancel();
  vi.advanceTimersByTime(MONTH_MS);
  expect(vi.getTimerCount()).toBe(0);
});
