import type { PartialEvent, StreamEvent, ToolPartialEvent } from "./stream-event.js";

/** Events that are made when somebody takes them: what they show has grown until then. */
type Growing = PartialEvent<unknown> | ToolPartialEvent;

/** Events on their way to a consumer, in order. Of the growing ones only the latest of a kind waits, and only as a mark. */
export class EventQueue {
  /** Makes the growing event that is taken. */
  make: (kind: Growing["type"]) => Growing = () => {
    throw new Error("Nothing is shown by this queue.");
  };
  readonly #waiting: (StreamEvent | Growing["type"])[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(event: StreamEvent): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  pushGrowing(kind: Growing["type"]): void {
    this.dropGrowing(kind);
    this.#waiting.push(kind);
    this.#wake?.();
  }

  dropGrowing(kind: Growing["type"]): void {
    const at = this.#waiting.indexOf(kind);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (typeof next === "string") yield this.make(next);
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
