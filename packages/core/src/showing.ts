import type { JsonValue, RequestState, Tool } from "@armature/contracts";
import {
  isText,
  leadsTo,
  type OutputSnapshot,
  type OutputStream,
  streamOutput,
  streamToolCalls,
  type ToolCallStream,
} from "@armature/output";
import type { CallEvent, Delivery, ToolDelta } from "@armature/resilience";
import type { EventQueue } from "./event-queue.js";
import type { StageEvent, ToolEvent } from "./stream-event.js";
import type { Task } from "./task.js";

/** The tools that the model may ask for from now on, and whose calls may be shown while they are written. */
interface OfferEvent {
  readonly type: "offer";
  readonly tools: readonly Tool[];
}

/** What the stages tell while they run. */
export type RunEvent = StageEvent | ToolEvent | OfferEvent | CallEvent;

/** Entering one of these means that what the model has just said is not the answer. */
const WITHDRAWN: { readonly [stage: string]: string } = {
  repair: "the answer does not satisfy its contract and is asked for again",
  tools: "the model has asked for tools and answers after them",
};

/** Decides what a consumer sees of a request that runs, and withdraws it before anything takes its place. */
export class Showing {
  readonly #task: Task;
  readonly #delivery: Delivery;
  readonly #output: OutputStream<unknown, unknown>;
  readonly #queue: EventQueue;
  /** All the text that was shown since the last restart. */
  #text = "";
  #shown: OutputSnapshot<unknown> | undefined;
  #calls: ToolCallStream | undefined;

  constructor(task: Task, delivery: Delivery, queue: EventQueue) {
    this.#task = task;
    this.#delivery = delivery;
    this.#output = streamOutput(task.output);
    this.#queue = queue;
    queue.make = (kind) =>
      kind === "partial"
        ? { type: kind, partial: this.#snapshot() }
        : { type: kind, calls: this.#calls?.partial() ?? [] };
  }

  take(event: RunEvent): void {
    if (event.type === "delta") this.#delta(event.text);
    else if (event.type === "tool-delta") this.#toolDelta(event.chunk);
    else if (event.type === "restart") this.#restart(event.reason);
    else if (event.type === "offer") this.#calls = streamToolCalls(parametersOf(event.tools));
    else if (event.type === "attempt-ended") {
      // The answer itself has not passed the guards yet.
      const { answer: _, ...attempt } = event.attempt;
      this.#queue.push({ type: "attempt-ended", attempt });
    } else {
      const reason = event.type === "stage" && event.phase === "entered" ? WITHDRAWN[event.stage] : undefined;
      if (reason) this.#restart(reason);
      if (reason || event.type === "attempt") this.#forgetCalls();
      this.#queue.push(event);
    }
  }

  /** Shows what was accepted where that is more than what was shown; withdraws what was not accepted. */
  end({ failure, candidate }: RequestState): void {
    if (failure || !candidate) this.#restart(failure ? `${failure.code}: ${failure.message}` : "no answer");
    else if (isText(this.#task.output)) this.#endText(String(candidate.json));
    else this.#endValue(candidate.json);
  }

  #delta(text: string): void {
    if (this.#delivery !== "live") return;
    this.#text += text;
    if (isText(this.#task.output)) {
      this.#queue.push({ type: "delta", text });
    } else {
      const restarts = this.#output.push(text);
      if (restarts.length > 0) this.#shown = undefined;
      for (const restart of restarts) this.#queue.push(restart);
      this.#queue.pushGrowing("partial");
    }
  }

  #toolDelta(chunk: ToolDelta): void {
    if (!this.#calls) return;
    this.#calls.push(chunk);
    this.#queue.pushGrowing("tool-partial");
  }

  // A restart within an attempt withdraws its text; the calls beside it stand.
  #forgetCalls(): void {
    this.#calls?.restart("another attempt");
    this.#queue.dropGrowing("tool-partial");
  }

  #restart(reason: string): void {
    const wasShown = isText(this.#task.output) ? this.#text !== "" : this.#shown?.value !== undefined;
    this.#text = "";
    this.#shown = undefined;
    this.#output.restart(reason);
    this.#queue.dropGrowing("partial");
    if (wasShown) this.#queue.push({ type: "restart", reason });
  }

  #snapshot(): OutputSnapshot<unknown> {
    const snapshot = this.#output.partial();
    this.#shown = snapshot;
    return snapshot;
  }

  #endText(whole: string): void {
    if (!whole.startsWith(this.#text)) this.#restart("the accepted text is not what was shown");
    const text = whole.slice(this.#text.length);
    if (text !== "") this.#queue.push({ type: "delta", text });
  }

  #endValue(json: JsonValue): void {
    if (this.#shown && !leadsTo(this.#shown, json)) this.#restart("the accepted value is not what was shown");
    this.#output.restart("the whole value");
    this.#output.push(JSON.stringify(json));
    this.#queue.pushGrowing("partial");
  }
}

function parametersOf(tools: readonly Tool[]) {
  return Object.fromEntries(tools.map(({ name, parameters }) => [name, parameters]));
}
