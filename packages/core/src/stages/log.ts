import {
  ArmatureError,
  describeCause,
  type Message,
  type RecordSink,
  type RequestRecord,
  type RequestState,
} from "@armature/contracts";
import { keepAnswer } from "../cached-answer.js";
import { contentOf } from "../content.js";
import { closingRecord } from "../record.js";
import { activeMs, type Services } from "../services.js";
import type { Patch } from "../state.js";
import { bounded } from "../within.js";
import { conversation } from "./repair.js";

/** How long after its deadline a request may still take to write its record. Milliseconds. */
const GRACE_MS = 250;

/** What the memory, or the cache, may take of that grace, so that the record still fits. Milliseconds. */
const MEMORY_MS = 100;

/** Ends every request: remembers what was accepted, writes the record durably, tells the sinks. Never throws. */
export async function log(state: RequestState, services: Services): Promise<Patch> {
  const degraded = [...(await keep(state, services)), ...(await remember(state, services))];
  const { clock, journal, sinks } = services.runtime;
  const record = closingRecord(atTheEnd(state, degraded, services), services);
  try {
    await bounded(clock, services.context.deadline.remainingMs() + GRACE_MS, journal.write(record));
  } catch (thrown) {
    if (services.runtime.onJournalFailure === "degrade") {
      return {
        degraded: [...degraded, `journal: ${describeCause(thrown)?.message ?? "failed"}`],
        ended: endedAt(services),
      };
    }
    const failure = ArmatureError.isInstance(thrown)
      ? thrown.toFailure()
      : new ArmatureError("JOURNAL_UNAVAILABLE", "The record could not be written.", { cause: thrown }).toFailure();
    return { failure: { ...failure, stage: "log" }, candidate: null, degraded, ended: endedAt(services) };
  }
  for (const sink of sinks) tell(sink, record);
  return { degraded, ended: endedAt(services) };
}

/** What memory and cache spent and gave up at the very end belongs into the record too; the runner adds it to the state. */
function atTheEnd(state: RequestState, degraded: readonly string[], { spent }: Services): RequestState {
  return {
    ...state,
    degraded: [...state.degraded, ...spent.degraded, ...degraded],
    attempts: [...state.attempts, ...spent.attempts],
    costs: [...state.costs, ...spent.costs],
  };
}

function endedAt(services: Services) {
  return { at: services.runtime.clock.now(), durationMs: activeMs(services) };
}

async function keep(state: RequestState, services: Services): Promise<string[]> {
  if (!services.errand) return [];
  try {
    await bounded(services.runtime.clock, MEMORY_MS, keepAnswer(state, services));
    return [];
  } catch (thrown) {
    return [`cache: ${describeCause(thrown)?.message ?? "failed"}`];
  }
}

async function remember(state: RequestState, services: Services): Promise<string[]> {
  const { memory, clock } = services.runtime;
  if (!memory || state.thread === null || state.failure || !state.candidate) return [];
  const turn = { messages: exchanged(state), at: clock.now() };
  const allowance = Math.max(MEMORY_MS, services.context.deadline.remainingMs());
  try {
    // A memory that hangs must not hold the record back.
    await bounded(clock, allowance, memory.remember(turn, services.context));
    return [];
  } catch (thrown) {
    return [`memory: ${describeCause(thrown)?.message ?? "failed"}`];
  }
}

/** What was asked and what was accepted, without the re-asks in between. */
function exchanged(state: RequestState): Message[] {
  const asked = conversation(state).findLast((message) => message.role === "user");
  const content = contentOf(state.candidate!.json);
  return [...(asked ? [asked] : []), { role: "assistant", content }];
}

// A sink that fails has no one to tell but the process: the request has ended well and its record is durable.
function tell(sink: RecordSink, record: RequestRecord): void {
  Promise.resolve()
    .then(() => sink.write(record))
    .catch((thrown: unknown) => {
      process.emitWarning(
        `Record sink "${sink.name}" failed: ${describeCause(thrown)?.message ?? "it does not say why"}`,
      );
    });
}
