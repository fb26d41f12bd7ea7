import { sleep } from "@armature/contracts";
import { expect, test } from "vitest";
import { virtualClock } from "./virtual-clock.js";

test("runs what falls due in order, at its own time, however it is nested", async () => {
  const clock = virtualClock({ startAt: 0 });
  const seen: [string, number][] = [];
  clock.after(30, () => seen.push(["c", clock.now()]));
  clock.after(10, () => {
    seen.push(["a", clock.now()]);
    clock.after(10, () => seen.push(["b", clock.now()]));
  });
  clock.after(31, () => seen.push(["later", clock.now()]));
  await clock.advance(30);
  expect(seen).toEqual([
    ["a", 10],
    ["b", 20],
    ["c", 30],
  ]);
  expect(clock.now()).toBe(30);
  expect(clock.pending).toBe(1);
});

test("lets chains of promises run between two timers", async () => {
  const clock = virtualClock({ startAt: 0 });
  const seen: number[] = [];
  async function loop() {
    for (let turn = 0; turn < 5; turn++) {
      await sleep(clock, 100);
      for (let hop = 0; hop < 20; hop++) await Promise.resolve();
      seen.push(clock.now());
    }
  }
  const done = loop();
  await clock.advance(1_000);
  await done;
  expect(seen).toEqual([100, 200, 300, 400, 500]);
});
