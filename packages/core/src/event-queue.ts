import type { OutputSnapshot } from "@armature/output";
import type { StreamEvent } from "./stream-event.js";

/** Stands for a snapshot that is made when somebody takes it. */
const PARTIAL = Symbol("partial");

/** Events on their way to a consumer, in order. Of the partials only the latest waits, and only as a mark. */
export class EventQueue {
  /** Makes the snapshot of a partial that is taken. */
  snapshot: () => OutputSnapshot<unknown> = () => {
    throw new Error("Nothing is shown by this queue.");
  };
  readonly #waiting: (StreamEvent | typeof PARTIAL)[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(event: StreamEvent): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  pushPartial(): void {
    this.dropPartial();
    this.#waiting.push(PARTIAL);
    this.#wake?.();
  }

  dropPartial(): void {
    const at = this.#waiting.indexOf(PARTIAL);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === PARTIAL) yield { type: "partial", partial: this.snapshot() };
      else if (next) yield next;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
