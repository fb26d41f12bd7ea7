import type { Clock } from "@armature/contracts";

/** What {@link inTime} rejects with when the time is over or the signal aborts first. */
export class TooLate {}

/** The promise's own end, or, where `ms` milliseconds or the signal come first, a rejection with {@link TooLate}. */
export function inTime<T>(promise: Promise<T>, clock: Clock, ms: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      cancel();
      signal?.removeEventListener("abort", onLate);
    };
    const onLate = () => {
      end();
      reject(new TooLate());
    };
    const cancel = clock.after(ms, onLate);
    signal?.addEventListener("abort", onLate, { once: true });
    if (signal?.aborted) onLate();
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
