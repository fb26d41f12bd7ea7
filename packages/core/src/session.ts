import {
  type Answer,
  ArmatureError,
  type CallParameters,
  type Deadline,
  deadlineIn,
  type Message,
  type MeteredModels,
  type NodeTrace,
  type RequestContext,
  type RequestRecord,
  type RequestState,
} from "@armature/contracts";
import { type CallPlan, callModel } from "@armature/resilience";
import { callPlan } from "./call-plan.js";
import { meteredEmbedder } from "./metered-embedder.js";
import type { PreparedTask } from "./prepared-task.js";
import { openingOf } from "./record.js";
import type { Listener, Runtime, Services } from "./services.js";
import type { Spending } from "./spending.js";
import { Trace } from "./trace.js";

interface SessionOptions {
  readonly spending: Spending;
  /** What stands in the graph beside the standard nodes. */
  readonly placed: readonly NodeTrace[];
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
  /** True by default: answers may come from the cache. */
  readonly caching?: boolean;
  readonly approve?: Services["approve"];
  readonly isPause?: Services["isPause"];
  /** What answers in the place of the models. */
  readonly ask?: Services["ask"];
  /** What is noted for the record; a new one by default. */
  readonly trace?: Trace;
  /** The record of a request that comes back from a pause, as far as it had come. */
  readonly earlier?: RequestRecord;
}

/** The services of one request, and what ends them. */
export interface Session {
  readonly services: Services;
  /** Stops the deadline's timer and lets the caller's signal go. */
  close(): void;
}

/** Opens the services of a request whose state is `state`: of a new one, or of one that comes back from a pause. */
export function openSession(
  runtime: Runtime,
  task: PreparedTask,
  state: RequestState,
  options: SessionOptions,
): Session {
  const { clock } = runtime;
  const deadline = deadlineIn(clock, Math.max(0, task.task.limits.deadlineMs - state.activeMs));
  const { signal, close } = requestSignal(runtime, deadline, options.signal);
  const spent: Services["spent"] = { attempts: [], costs: [], degraded: [] };
  const { earlier } = options;
  // After a pause the state holds the input as the guards have left it.
  const opening = { ...openingOf(state, runtime, task, options.placed), ...(earlier && { input: earlier.input }) };
  const trace = options.trace ?? new Trace(opening);
  if (earlier) trace.resume(earlier, state);
  const { random, ids, health } = runtime;
  const { gate, headroom } = options.spending;
  const made = { attempts: state.attempts.length };
  const ask =
    options.ask ?? ((plan: CallPlan) => callModel(plan, { clock, random, ids, health, gate, signal, deadline }));
  const services: Services = {
    runtime,
    task,
    gate,
    headroom,
    startedAt: clock.now(),
    activeBefore: state.activeMs,
    spent,
    trace,
    made,
    async ask(plan) {
      const result = await ask(plan);
      made.attempts += result.attempts.length;
      return result;
    },
    caching: options.caching ?? true,
    ...(options.listener && { listener: options.listener }),
    ...(options.approve && { approve: options.approve }),
    ...(options.isPause && { isPause: options.isPause }),
    get context() {
      return context;
    },
  };
  const context: RequestContext = {
    requestId: state.requestId,
    task: state.task,
    ...(state.tenant !== null && { tenant: state.tenant }),
    ...(state.user !== null && { user: state.user }),
    ...(state.thread !== null && { thread: state.thread }),
    signal,
    deadline,
    clock: trace.clock(clock),
    random: trace.random(random),
    ids: trace.ids(ids),
    models: meteredModels(services, state),
    embedder: meteredEmbedder(services),
  };
  return {
    services,
    close() {
      close();
      services.errand?.flight.land("handed-over");
    },
  };
}

/** Aborts when the caller's signal does or the deadline passes; a signal of its own, so that nothing is left on the caller's. */
function requestSignal(runtime: Runtime, deadline: Deadline, caller: AbortSignal | undefined) {
  const controller = new AbortController();
  const onAbort = () => controller.abort(new ArmatureError("CANCELLED", "The caller cancelled the request."));
  const cancel = runtime.clock.after(deadline.remainingMs(), () =>
    controller.abort(new ArmatureError("DEADLINE_EXCEEDED", "The deadline of the request passed.")),
  );
  if (caller?.aborted) onAbort();
  caller?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    close() {
      cancel();
      caller?.removeEventListener("abort", onAbort);
    },
  };
}

function meteredModels(services: Services, state: RequestState): MeteredModels {
  const { runtime, task } = services;
  return {
    routes: [...runtime.models.keys()],
    async call(route: string, messages: readonly Message[], parameters: Partial<CallParameters> = {}): Promise<Answer> {
      const model = runtime.models.get(route);
      if (!model) {
        const known = [...runtime.models.keys()].join(", ");
        throw new ArmatureError("CONFIG_INVALID", `There is no model "${route}"; the models are: ${known}.`);
      }
      const plan = callPlan(state, services, {
        ladder: [{ route, model }],
        startRung: 0,
        messages,
        parameters: { maxOutputTokens: task.task.limits.maxOutputTokens, ...parameters },
        stage: "plugin",
      });
      const result = await services.ask(plan);
      services.spent.attempts.push(...result.attempts);
      services.spent.costs.push(...result.costs);
      services.spent.degraded.push(...(result.degraded ?? []));
      if (result.ok) return result.answer;
      const { code, message, cause: _, ...facts } = result.failure;
      throw new ArmatureError(code, message, facts);
    },
  };
}
