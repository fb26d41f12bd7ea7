import {
  ArmatureError,
  configInvalid,
  type Document,
  type ErasureReceipt,
  type ErasureScope,
  type Journal,
  type JsonValue,
  type Outcome,
  type RequestRecord,
  type RequestState,
} from "@armature/contracts";
import type { Delivery } from "@armature/resilience";
import type { ZodType, z } from "zod";
import { accept, type Whose } from "./accept.js";
import { failure, failureOf } from "./failure-of.js";
import { GraphBuilder } from "./graph-builder.js";
import { hasGuards } from "./guards.js";
import { taskMisfits } from "./misfit.js";
import { addDocuments, checkPersist, erase, type Operation } from "./operation.js";
import { outcomeOf } from "./outcome.js";
import { prepareTask, type Surroundings } from "./prepare-task.js";
import type { PreparedTask } from "./prepared-task.js";
import { type Replay, replayRecord } from "./replay/replay.js";
import { serveRetrieval } from "./replay/served-stages.js";
import { walk } from "./runner.js";
import type { Listener, Runtime } from "./services.js";
import { openSession } from "./session.js";
import { type Budgets, spendingOf } from "./spending.js";
import { streamed } from "./stream.js";
import type { StreamEvent } from "./stream-event.js";
import type { Table, TableNode } from "./table.js";
import type { Task } from "./task.js";
import { bounded } from "./within.js";

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

interface ArmatureParts extends Budgets {
  readonly runtime: Runtime;
  readonly table: Table;
  readonly around: Surroundings;
  dispose(): Promise<void>;
}

/** What is otherwise than in a plain run. */
interface Way {
  readonly listener?: Listener;
  /** Aborts when the consumer of a stream leaves. */
  readonly left?: AbortSignal;
  readonly table?: Table;
  readonly prepared?: PreparedTask;
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
    // A caller in JavaScript may give null; that ends in the outcome.
    const { delivery = "verified" } = options ?? {};
    const shown = hasGuards("output", this.#parts.runtime) ? "verified" : delivery;
    return streamed(task as unknown as Task<ZodType, Out>, shown, (listener, left) =>
      this.#track(this.#perform(task, input, options, { listener, left })),
    );
  }

  /**
   * Runs a recorded request of this task again, with everything that the world had said to it served from the record: no
   * provider is asked and nothing is written. Says where it first comes to something else, if it does. What ran on a graph
   * that a builder has changed is `unreplayable` here: `GraphBuilder.replay` has its nodes.
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
      spending: (state) => spendingOf(this.#parts, this.#parts.runtime, task, state),
    });
  }

  /** Resolves what a task refers to, once. Throws `CONFIG_INVALID` with everything that is wrong with it. */
  prepare(task: Task): PreparedTask {
    const known = this.#prepared.get(task);
    if (known) return known;
    const misfits = taskMisfits(task);
    if (misfits.length > 0) throw configInvalid(misfits.map((misfit) => `what was given as the task ${misfit}`));
    const prepared = prepareTask(task, this.#parts.around);
    this.accept(task, prepared);
    return prepared;
  }

  /** @internal Takes over what boot has prepared. */
  accept(task: Task, prepared: PreparedTask): void {
    this.#prepared.set(task, prepared);
  }

  /** Adds documents to a store of the tenant, embeddings held and recorded. The value is how many were added. */
  addDocuments(
    store: string,
    documents: readonly Document[],
    options: RunOptions = {},
  ): Promise<Outcome<{ readonly added: number }>> {
    return this.#operate(addDocuments(store, documents), options);
  }

  /**
   * Shows a value to the persist guards before the application stores it: the value is what they leave of it, a blocked
   * one fails as `GUARD_BLOCKED`. JSON only.
   */
  checkPersist<Value>(value: Value, options: RunOptions = {}): Promise<Outcome<Value>> {
    return this.#operate(checkPersist(value as JsonValue), options);
  }

  /**
   * Removes what memory, cache, stores and journal hold of a scope (documents only with the whole tenant); identities,
   * hashes and sizes of records stay. The value is a receipt from each. LangGraph checkpoints: `eraseCheckpoints`.
   */
  erase(scope: ErasureScope, options: Pick<RunOptions, "signal"> = {}): Promise<Outcome<readonly ErasureReceipt[]>> {
    return this.#operate(erase(scope), { ...options, ...scope });
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
    const ended = Promise.allSettled(this.#running);
    await bounded(this.#parts.runtime.clock, DRAIN_MS, ended).catch(() => undefined);
    await this.#parts.dispose();
  }

  #operate<Value>({ task, table }: Operation, options: RunOptions): Promise<Outcome<Value>> {
    const { thread: _, ...whose } = options ?? {};
    const ended = this.#perform(task.task, null, whose, { table, prepared: task });
    return this.#track(ended.then((state) => outcomeOf(state, task.task)));
  }

  /** The state in which the request ends. */
  async #perform(
    task: Task,
    input: unknown,
    options: RunOptions,
    { listener, left, table = this.#parts.table, prepared: known }: Way = {},
  ): Promise<RequestState> {
    const { runtime } = this.#parts;
    const state = accept(input, options, task, runtime, table.fields);
    if (this.#closing) return { ...state, failure: failure("SHUTTING_DOWN", "The application is closing.") };
    // What is no signal has its failure from `accept`.
    const given = options?.signal instanceof AbortSignal ? options.signal : undefined;
    const signal = given && left ? AbortSignal.any([given, left]) : (given ?? left);
    let prepared: PreparedTask;
    try {
      prepared = known ?? this.prepare(task);
    } catch (thrown) {
      return { ...state, failure: failureOf(thrown, "route") };
    }
    const session = openSession(runtime, prepared, state, {
      spending: spendingOf(this.#parts, runtime, task, state),
      placed: table.placed,
      ...(signal && { signal }),
      ...(listener && { listener }),
      caching: options?.cache !== "bypass",
    });
    try {
      return await walk(table, state, session.services);
    } finally {
      session.close();
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }
}
