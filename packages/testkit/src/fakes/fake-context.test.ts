import { expect, test } from "vitest";
import { fakeContext } from "./fake-context.js";
import { fakeModels } from "./fake-models.js";
import { hashEmbedder } from "./hash-embedder.js";
import { virtualClock } from "./virtual-clock.js";

test("is whole by default, and another request each time", async () => {
  const context = fakeContext();
  expect(fakeContext().requestId).not.toBe(context.requestId);
  expect("tenant" in context).toBe(false);
  expect(context.deadline.remainingMs()).toBe(30_000);
  expect((await context.embedder.embed(["a fox"]))[0]).toHaveLength(64);
  expect((await context.models.call("fast", [{ role: "user", content: "echo" }])).text).toBe("echo");
});

test("takes its deadline from the clock, and any part from the test", async () => {
  const clock = virtualClock();
  const models = fakeModels((route) => ({ text: `${route} says no`, finish: "length" }));
  const context = fakeContext({
    clock,
    deadlineMs: 100,
    tenant: "acme",
    models,
    embedder: hashEmbedder({ dimensions: 8 }),
  });
  await clock.advance(40);
  expect(context.deadline.remainingMs()).toBe(60);
  await clock.advance(100);
  expect(context.deadline.remainingMs()).toBe(0);
  expect(context.embedder).toMatchObject({ id: "hash-8", dimensions: 8 });
  expect(await context.models.call("fast", [])).toMatchObject({ text: "fast says no", finish: "length" });
});
