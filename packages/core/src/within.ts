import type { Clock, Failure, RequestContext } from "@armature/contracts";
import { failure } from "./failure-of.js";

/** What work that listens to the signal may take to end in order, with what it knows of its attempts. Milliseconds. */
const LEEWAY_MS = 100;

/** Settles as `work` does, or rejects shortly after the request's signal has aborted: whatever hangs is left behind. */
export function within<T>(context: Pick<RequestContext, "signal" | "clock">, work: Promise<T> | T): Promise<T> | T {
  const { signal, clock } = context;
  if (!(work instanceof Promise)) return work;
  return new Promise((resolve, reject) => {
    let cancelLeeway: (() => void) | undefined;
    const onAbort = () => {
      cancelLeeway = clock.after(LEEWAY_MS, () => reject(signal.reason));
    };
    const settled = () => {
      signal.removeEventListener("abort", onAbort);
      cancelLeeway?.();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    work.then(
      (value) => {
        settled();
        resolve(value);
      },
      (thrown) => {
        settled();
        reject(thrown);
      },
    );
  });
}

/**
 * Settles as `work` does, or rejects after `ms` milliseconds with what `late` says. For what may not be cut short by a
 * cancelled request.
 */
export function bounded<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  late: () => Error = () => new Error(`It did not end within ${ms} ms.`),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()));
    // A plugin without types may give no promise.
    Promise.resolve(work).then(resolve, reject).finally(cancel);
  });
}

/** Why the request's signal has aborted, as the failure it ends in; nothing while it has not. */
export function abortReason(context: RequestContext, stage: string): Failure | undefined {
  if (!context.signal.aborted) return undefined;
  if (context.deadline.remainingMs() === 0) {
    return failure("DEADLINE_EXCEEDED", `The deadline passed in stage "${stage}".`, { stage });
  }
  return failure("CANCELLED", `The caller cancelled the request in stage "${stage}".`, { stage });
}
