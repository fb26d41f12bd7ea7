import type { ServerResponse } from "node:http";
import type { SeenAttempt } from "./seen-attempt.js";

/** The answer to one attempt while it is being sent: its response, its log entry, and whether anybody still listens. */
export class Transmission {
  /** Whether the provider itself has ended the answer, well or badly. */
  private over = false;
  private readonly pending = new Set<() => void>();

  constructor(
    readonly response: ServerResponse,
    readonly entry: SeenAttempt,
  ) {
    response.on("close", () => {
      if (!this.over) {
        entry.closedByClient = true;
        entry.endedAt = Date.now();
      }
      for (const wake of this.pending) wake();
      this.pending.clear();
    });
  }

  /** Whether the connection has gone. */
  get gone(): boolean {
    return this.response.destroyed || this.response.socket === null;
  }

  /** Waits `ms` milliseconds, or less when the connection goes. */
  pause(ms: number): Promise<void> {
    if (ms <= 0 || this.gone) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.pending.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.pending.add(done);
    });
  }

  /** Notes that the first useful byte goes out. */
  markFirstToken(): void {
    this.entry.firstTokenAt ??= Date.now();
  }

  /** Runs what ends the answer, and notes that it was the provider who ended it. */
  finish(end: () => void): void {
    if (this.gone || this.over) return;
    this.over = true;
    this.entry.endedAt = Date.now();
    end();
  }
}
