import { type BudgetSpec, createGate, meter } from "@armature/budget";
import {
  ArmatureError,
  type BudgetStore,
  type Gate,
  type Journal,
  type Outcome,
  type RequestRecord,
  type RequestState,
  sleep,
} from "@armature/contracts";
import type { Delivery } from "@armature/resilience";
import type { ZodType, z } from "zod";
import { accept, type Whose } from "./accept.js";
import { failure, failureOf } from "./failure-of.js";
import { GraphBuilder } from "./graph-builder.js";
import { outcomeOf } from "./outcome.js";
import { prepareTask, type Surroundings } from "./prepare-task.js";
import type { PreparedTask } from "./prepared-task.js";
import { type Replay, replayRecord } from "./replay/replay.js";
import { serveRetrieval } from "./replay/served-stages.js";
import { walk } from "./runner.js";
import type { Listener, Runtime } from "./services.js";
import { openSession } from "./session.js";
import { streamed } from "./stream.js";
import type { StreamEvent } from "./stream-event.js";
import type { Table, TableNode } from "./table.js";
import type { Task } from "./task.js";

/** Whose request it is, and what may end it early. */
export interface RunOptions extends Whose {
  readonly signal?: AbortSignal;
  /** `bypass` asks the models even where an answer is known, and keeps none; `use` by default. */
  readonly cache?: "use" | "bypass";
}

export interface StreamOptions extends RunOptions {
  /** `verified` by default. */
  readonly delivery?: Delivery;
}

export interface ArmatureParts {
  readonly runtime: Runtime;
  readonly table: Table;
  readonly around: Surroundings;
  readonly budgets: readonly BudgetSpec[];
  readonly budgetStore: BudgetStore;
  dispose(): Promise<void>;
}

/** How long `close` waits for running requests before it leaves them to their deadlines. Milliseconds. */
const DRAIN_MS = 10_000;

/** A booted application. Made by `createArmature`. */
export class Armature {
  readonly #parts: ArmatureParts;
  readonly #prepared = new WeakMap<Task, PreparedTask>();
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(parts: ArmatureParts) {
    this.#parts = parts;
  }

  /** Runs a task. Never rejects: whatever happens is in the outcome, and the outcome is on disk before it is returned. */
  run<In extends ZodType, Out extends ZodType>(
    task: Task<In, Out>,
    input: z.input<In>,
    options: RunOptions = {},
  ): Promise<Outcome<z.output<Out>>> {
    return this.#track(this.#perform(task, input, options).then((state) => outcomeOf(state, task)));
  }

  /**
   * Runs a task and tells what happens while it runs; the last event is the outcome. Nothing runs before the first event
   * is asked for; a consumer who leaves early cancels the request. `live` shows the answer as it comes, provisional until
   * the outcome; where output guards are present nothing is shown before they have seen the whole, so it is `verified`.
   */
  stream<In extends ZodType, Out extends ZodType>(
    task: Task<In, Out>,
    input: z.input<In>,
    options: StreamOptions = {},
  ): AsyncGenerator<StreamEvent<Out>, void> {
    const { delivery = "verified", signal, ...whose } = options;
    const isGuarded = this.#parts.runtime.guards.some(({ boundaries }) => boundaries.includes("output"));
    return streamed(task as unknown as Task<ZodType, Out>, isGuarded ? "verified" : delivery, (listener, left) =>
      this.#track(
        this.#perform(task, input, { ...whose, signal: signal ? AbortSignal.any([signal, left]) : left }, { listener }),
      ),
    );
  }

  /**
   * Runs a recorded request of this task again, with everything that the world had said to it served from the record: no
   * provider is asked and nothing is written. Says where it first comes to something else, if it does.
   */
  async replay(task: Task, record: RequestRecord): Promise<Replay> {
    const { runtime, table } = this.#parts;
    return replayRecord(record, { task: this.prepare(task), runtime, table });
  }

  /**
   * The counterfactual of a recorded request: runs its input again, live, with another prompt or other models, on the
   * passages and memories of then. It costs money and has a record of its own; nothing is remembered of it.
   */
  rerun<In extends ZodType, Out extends ZodType>(
    task: Task<In, Out>,
    record: RequestRecord,
    change: Partial<Pick<Task, "prompt" | "models">>,
  ): Promise<Outcome<z.output<Out>>> {
    const { table } = this.#parts;
    const { tenant, user } = record;
    const retrieve: TableNode = { ...table.nodes.retrieve!, run: async () => serveRetrieval(record) };
    const served: Table = { ...table, nodes: { ...table.nodes, retrieve } };
    const whose = { ...(tenant !== undefined && { tenant }), ...(user !== undefined && { user }) };
    const changed = { ...task, ...change };
    return this.#track(
      this.#perform(changed, record.state.input, { ...whose, cache: "bypass" }, { table: served }).then((state) =>
        outcomeOf(state, changed),
      ),
    );
  }

  /** A builder of the LangGraph state machine in which a task runs. */
  graph<In extends ZodType, Out extends ZodType>(task: Task<In, Out>): GraphBuilder {
    return new GraphBuilder({
      table: this.#parts.table,
      task: this.prepare(task),
      runtime: this.#parts.runtime,
      gate: (state) => this.#gate(task, state),
    });
  }

  /** Resolves what a task refers to, once. Throws `CONFIG_INVALID` with everything that is wrong with it. */
  prepare(task: Task): PreparedTask {
    const known = this.#prepared.get(task);
    if (known) return known;
    const prepared = prepareTask(task, this.#parts.around);
    this.accept(task, prepared);
    return prepared;
  }

  /** @internal Takes over what boot has prepared. */
  accept(task: Task, prepared: PreparedTask): void {
    this.#prepared.set(task, prepared);
  }

  /** The records of this application. */
  get journal(): Journal {
    return this.#parts.runtime.journal;
  }

  /**
   * Notes what somebody thought of an outcome. Resolves `false` when there is no such record; rejects with
   * `JOURNAL_UNAVAILABLE` when it cannot be kept, also by a journal that takes no feedback.
   */
  async feedback(requestId: string, score: number, comment?: string): Promise<boolean> {
    const { journal, clock } = this.#parts.runtime;
    if (!journal.feedback) throw new ArmatureError("JOURNAL_UNAVAILABLE", "This journal takes no feedback.");
    return journal.feedback(requestId, { score, ...(comment !== undefined && { comment }), at: clock.now() });
  }

  /** Accepts no more requests, lets the running ones end within a bound, and disposes the plugins in reverse order. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    const waiting = new AbortController();
    const bound = sleep(this.#parts.runtime.clock, DRAIN_MS, waiting.signal).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#running), bound]);
    waiting.abort();
    await this.#parts.dispose();
  }

  /** The state in which the request ends. */
  async #perform(
    task: Task,
    input: unknown,
    options: RunOptions,
    { listener, table = this.#parts.table }: { readonly listener?: Listener; readonly table?: Table } = {},
  ): Promise<RequestState> {
    const { runtime } = this.#parts;
    const state = accept(input, options, task, runtime, table.fields);
    if (this.#closing) return { ...state, failure: failure("SHUTTING_DOWN", "The application is closing.") };
    let prepared: PreparedTask;
    try {
      prepared = this.prepare(task);
    } catch (thrown) {
      return { ...state, failure: failureOf(thrown, "route") };
    }
    const session = openSession(runtime, prepared, state, {
      gate: this.#gate(task, state),
      ...(options.signal && { signal: options.signal }),
      ...(listener && { listener }),
      caching: options.cache !== "bypass",
    });
    try {
      return await walk(table, state, session.services);
    } finally {
      session.close();
    }
  }

  #gate(task: Task, state: RequestState): Gate {
    const { budgets, budgetStore, runtime } = this.#parts;
    const { maxCostUsd } = task.limits;
    const all: BudgetSpec[] =
      maxCostUsd === undefined ? [...budgets] : [...budgets, { scope: "task", window: "request", usd: maxCostUsd }];
    const overlay = runtime.prices ? { overlay: runtime.prices } : {};
    if (all.length === 0) return meter(overlay);
    return createGate({
      store: budgetStore,
      budgets: all,
      subject: {
        request: state.requestId,
        task: task.name,
        ...(state.tenant !== null && { tenant: state.tenant }),
        ...(state.user !== null && { user: state.user }),
      },
      clock: runtime.clock,
      ...overlay,
    });
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }
}
