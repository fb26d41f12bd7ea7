import { performance } from "node:perf_hooks";

/** How long the event loop is watched before its load is said anew. */
const WINDOW_MS = 50;
/** The share of that time in which a busy loop did not wait for anything. */
const BUSY_SHARE = 0.7;

/** Whether the event loop of this process has been busy of late. */
export class LoopLoad {
  #watchedFrom = performance.now();
  #before = performance.eventLoopUtilization();
  #isBusy = false;

  get isBusy(): boolean {
    const now = performance.now();
    if (now - this.#watchedFrom >= WINDOW_MS) {
      this.#isBusy = performance.eventLoopUtilization(this.#before).utilization > BUSY_SHARE;
      this.#before = performance.eventLoopUtilization();
      this.#watchedFrom = now;
    }
    return this.#isBusy;
  }
}
