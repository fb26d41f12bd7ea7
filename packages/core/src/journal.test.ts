import { AsyncLocalStorage } from "node:async_hooks";
import { ArmatureError, type Journal } from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { type Provider, startProvider } from "@armature/testkit";
import { type ContextManager, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createArmature } from "./create-armature.js";
import { numberTask } from "./runners.fixture.js";

const task = numberTask(["fast"]);

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider({ respond: () => '{"answer": 1}' });
});
afterEach(() => provider.close());

async function run(journal: Journal, onJournalFailure: "refuse" | "degrade") {
  const models = { fast: openai({ model: "gpt-4.1-mini", baseUrl: provider.url, apiKey: "none" }) };
  const app = await createArmature({ models, journal, onJournalFailure });
  const outcome = await app.run(task, { question: "?" });
  await app.close();
  return outcome;
}

function broken(...methods: ("open" | "write")[]): Journal {
  const fail = () => Promise.reject(new ArmatureError("JOURNAL_UNAVAILABLE", "The disk is full."));
  return { ...memoryJournal(), ...Object.fromEntries(methods.map((method) => [method, fail])) };
}

describe("a journal that fails", () => {
  it("ends a request before money is spent", async () => {
    expect(await run(broken("open", "write"), "refuse")).toMatchObject({ failure: { code: "JOURNAL_UNAVAILABLE" } });
    expect(provider.log).toHaveLength(0);
  });

  it("takes back a value that could not be recorded", async () => {
    expect(await run(broken("write"), "refuse")).toMatchObject({ ok: false, failure: { code: "JOURNAL_UNAVAILABLE" } });
  });

  it("is said and not more where the application goes on without it", async () => {
    const outcome = await run(broken("open", "write"), "degrade");
    expect(outcome).toMatchObject({ ok: true, value: { answer: 1 } });
    expect(outcome.degraded).toEqual(["journal: The disk is full.", "journal: The disk is full."]);
  });
});

describe("the caller's trace", () => {
  it("stands in the record", async () => {
    const storage = new AsyncLocalStorage<typeof ROOT_CONTEXT>();
    const manager: ContextManager = {
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active, fn, self, ...args) => storage.run(active, () => fn.call(self as never, ...args)),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
    const journal = memoryJournal();
    const outcome = await context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => run(journal, "refuse"));
    context.disable();
    const { traceId, parentSpanId, traceFlags } = (await journal.read(outcome.requestId))!;
    expect({ traceId, spanId: parentSpanId, traceFlags }).toEqual(span);
  });
});
