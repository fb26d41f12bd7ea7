import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Balance, BudgetStore, HoldResult } from "@armature/contracts";
import { inMemoryBudgetStore } from "@armature/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryBudgetStore } from "./memory-budget-store.js";
import { sqliteBudgetStore } from "./sqlite-budget-store.js";

const CAPS = { day: 1_000, user: 600, request: 250 };
const ACCOUNTS = Object.keys(CAPS) as (keyof typeof CAPS)[];

/** One call of one worker. Attempts are named by number; a call on an attempt that was never held is allowed. */
type Call =
  | {
      readonly do: "hold";
      readonly attempt: number;
      readonly wish: number;
      readonly least: number;
      readonly ttl: number;
    }
  | { readonly do: "dispatch" | "release"; readonly attempt: number }
  | { readonly do: "settle"; readonly attempt: number; readonly microUsd: number };

/** What was called and when, in the order in which the calls were made. */
type Log = readonly { readonly call: Call; readonly now: number }[];

/** A store that can be killed: what comes back has what its disk had at that moment. */
interface Machine {
  store(): BudgetStore;
  crash(): void;
  close(): Promise<void>;
}

class Model {
  log: Log = [];
  // Calls come at even times and holds expire at odd ones: the very moment of expiry is left open.
  now = 1_000_000;
}

function run(store: BudgetStore, { call, now }: Log[number]): Promise<HoldResult | boolean | number | undefined> {
  const attemptId = `a${call.attempt}`;
  switch (call.do) {
    case "hold": {
      const lines = ACCOUNTS.map((account) => ({ account, capMicroUsd: CAPS[account] }));
      const wish = { attemptId, lines, microUsd: Math.max(call.wish, call.least), atLeastMicroUsd: call.least, now };
      return store.hold({ ...wish, expiresAt: now + 2 * call.ttl + 1 });
    }
    case "dispatch":
      return store.dispatch(attemptId, now);
    case "settle":
      return store.settle(attemptId, call.microUsd, now).then(() => undefined);
    case "release":
      return store.release(attemptId).then(() => undefined);
  }
}

/** What the model says after such calls, each made once the one before had its answer. */
async function replay(log: Log, now: number) {
  const model = inMemoryBudgetStore();
  const answers: unknown[] = [];
  for (const entry of log) answers.push(await run(model, entry));
  return { answers, balances: await model.balances(ACCOUNTS, now) };
}

/** Calls that a caller makes: an attempt is held and dispatched once, and settled only once it was told that it is sent. */
function allowed(log: Log, answers: readonly unknown[], calls: readonly Call[]): Call[] {
  const did = new Set(log.map(({ call }) => `${call.do} ${call.attempt}`));
  const sent = new Set(
    log.flatMap(({ call }, index) => (call.do === "dispatch" && answers[index] === true ? [call.attempt] : [])),
  );
  return calls.filter((call) => {
    if (call.do === "settle") return sent.has(call.attempt);
    const key = `${call.do} ${call.attempt}`;
    if (did.has(key) || (call.do !== "hold" && !did.has(`hold ${call.attempt}`))) return false;
    did.add(key);
    return true;
  });
}

function checkInvariant(balances: readonly Balance[]): void {
  for (const { account, settledMicroUsd, heldMicroUsd, debtMicroUsd } of balances) {
    const cap = CAPS[account as keyof typeof CAPS];
    expect(settledMicroUsd + heldMicroUsd).toBeLessThanOrEqual(cap + debtMicroUsd);
    expect(Math.min(settledMicroUsd, heldMicroUsd, debtMicroUsd)).toBeGreaterThanOrEqual(0);
  }
}

class Together implements fc.AsyncCommand<Model, Machine> {
  constructor(
    readonly calls: readonly Call[],
    /** How many turns of the microtask queue after the calls the machine dies; never when absent. */
    readonly diesAfter: number | undefined,
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, machine: Machine): Promise<void> {
    const { now } = model;
    const before = await replay(model.log, now);
    const entries = allowed(model.log, before.answers, this.calls).map((call) => ({ call, now }));
    const after = await replay([...model.log, ...entries], now);
    const answers = Promise.allSettled(entries.map((entry) => run(machine.store(), entry)));
    if (this.diesAfter === undefined) {
      const values = (await answers).map((answer) => (answer.status === "fulfilled" ? answer.value : answer.reason));
      expect(values).toEqual(after.answers.slice(model.log.length));
    } else {
      for (let turn = 0; turn < this.diesAfter; turn++) await Promise.resolve();
      machine.crash();
      await answers;
    }
    const balances = await machine.store().balances(ACCOUNTS, now);
    checkInvariant(balances);
    // Calls that nobody had an answer of have all happened, or none has.
    const happened = this.diesAfter === undefined || JSON.stringify(balances) === JSON.stringify(after.balances);
    expect(balances).toEqual((happened ? after : before).balances);
    if (happened) model.log = [...model.log, ...entries];
  }

  toString(): string {
    return `${JSON.stringify(this.calls)}${this.diesAfter === undefined ? "" : ` dies after ${this.diesAfter}`}`;
  }
}

class Wait implements fc.AsyncCommand<Model, Machine> {
  constructor(readonly ms: number) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, machine: Machine): Promise<void> {
    model.now += 2 * this.ms;
    const { balances } = await replay(model.log, model.now);
    expect(await machine.store().balances(ACCOUNTS, model.now)).toEqual(balances);
  }

  toString(): string {
    return `waits ${2 * this.ms}`;
  }
}

const attempt = fc.nat(12);
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      attempt,
      wish: fc.integer({ min: 1, max: 200 }),
      least: fc.integer({ min: 1, max: 200 }),
      ttl: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("dispatch" as const), attempt }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), attempt }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("settle" as const), attempt, microUsd: fc.nat(300) }) },
);

const commands = fc.commands(
  [
    fc
      .record({
        calls: fc.array(call, { minLength: 1, maxLength: 8 }),
        dies: fc.option(fc.nat(12), { nil: undefined }),
      })
      .map(({ calls, dies }) => new Together(calls, dies)),
    fc.nat(15).map((ms) => new Wait(ms)),
  ],
  { maxCommands: 15 },
);

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "budget-commands-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process over memory: its workers die, and the counters are somebody else's. */
function memoryMachine(): Machine {
  const store = memoryBudgetStore();
  return { store: () => store, crash() {}, close: async () => {} };
}

/** Killed by taking the files as they are at that moment, as the next process would find them. */
function sqliteMachine(): Machine {
  const opened = [open()];
  return {
    store: () => opened.at(-1)!.store,
    crash() {
      const { path } = opened.at(-1)!;
      opened.push(open(path));
    },
    async close() {
      await Promise.all(opened.map(({ store }) => store.close()));
    },
  };
}

function open(image?: string) {
  const path = join(folder, `${++files}.db`);
  if (image !== undefined) {
    for (const suffix of ["", "-wal"]) {
      if (existsSync(`${image}${suffix}`)) copyFileSync(`${image}${suffix}`, `${path}${suffix}`);
    }
  }
  return { path, store: sqliteBudgetStore({ path }) };
}

describe.each([
  ["memory", memoryMachine, 200],
  ["SQLite", sqliteMachine, 60],
] as const)("the %s budget store", (_name, machine, numRuns) => {
  test("is the model under any calls at once, with deaths at any step", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        let real: Machine | undefined;
        await fc.asyncModelRun(() => {
          real = machine();
          return { model: new Model(), real };
        }, list);
        await real?.close();
      }),
      { numRuns, seed: 20 },
    );
  });
});
