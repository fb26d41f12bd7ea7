import type { Outcome, RequestState } from "@armature/contracts";
import type { Delivery } from "@armature/resilience";
import type { ZodType } from "zod";
import { EventQueue } from "./event-queue.js";
import { taskMisfits } from "./misfit.js";
import { outcomeOf } from "./outcome.js";
import type { Listener } from "./services.js";
import { Showing } from "./showing.js";
import type { StreamEvent } from "./stream-event.js";
import type { Task } from "./task.js";

/**
 * Runs a request and yields what happens to it; the outcome comes last. A consumer who leaves before that cancels the
 * request, whose record is written all the same.
 */
export async function* streamed<Out extends ZodType>(
  task: Task<ZodType, Out>,
  delivery: Delivery,
  run: (listener: Listener, signal: AbortSignal) => Promise<RequestState>,
): AsyncGenerator<StreamEvent<Out>, void> {
  const queue = new EventQueue();
  // Of what is no task nothing is shown; the outcome says so.
  const showing = taskMisfits(task).length === 0 ? new Showing(task, delivery, queue) : undefined;
  const left = new AbortController();
  const running = run({ delivery, take: (event) => showing?.take(event) }, left.signal)
    .then((state) => {
      showing?.end(state);
      queue.push({ type: "outcome", outcome: outcomeOf(state, task) as Outcome<unknown> });
    })
    .finally(() => queue.end());
  try {
    yield* queue as AsyncIterable<StreamEvent<Out>>;
  } finally {
    left.abort();
    await running;
  }
}
