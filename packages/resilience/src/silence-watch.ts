import type { Clock } from "@armature/contracts";

/** Notices when a stream brings nothing: before its first token, or between two of them. */
export class SilenceWatch {
  #last: number;
  #limitMs: number;
  #started = false;
  #cancel: () => void;

  constructor(
    private readonly clock: Clock,
    firstTokenMs: number,
    private readonly idleMs: number,
    private readonly onSilence: (kind: "first_token_timeout" | "stalled_stream") => void,
  ) {
    this.#last = clock.now();
    this.#limitMs = firstTokenMs;
    this.#cancel = clock.after(firstTokenMs, this.#look);
  }

  /** The answer has got further. Only the first time sets a timer: a stream may have thousands of tokens. */
  progress(): void {
    this.#last = this.clock.now();
    if (this.#started) return;
    this.#started = true;
    this.#limitMs = this.idleMs;
    this.#cancel();
    this.#cancel = this.clock.after(this.idleMs, this.#look);
  }

  end(): void {
    this.#cancel();
  }

  #look = (): void => {
    const left = this.#last + this.#limitMs - this.clock.now();
    if (left <= 0) this.onSilence(this.#started ? "stalled_stream" : "first_token_timeout");
    else this.#cancel = this.clock.after(left, this.#look);
  };
}
