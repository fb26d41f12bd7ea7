import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Callback = (error: NodeJS.ErrnoException | null) => void;

/** Watches the syncs that Node hands to the system, lets them wait, and lets them fail as a broken disk would. */
export class WatchedDisk {
  begun = 0;
  ended = 0;
  error: NodeJS.ErrnoException | null = null;
  #held: ((error: NodeJS.ErrnoException | null) => void)[] | undefined;
  readonly #real = fs.fdatasync;

  constructor() {
    const watched = (descriptor: number, callback: Callback) => {
      this.begun += 1;
      const end = (error: NodeJS.ErrnoException | null) => {
        this.ended += 1;
        callback(error);
      };
      const run = (error: NodeJS.ErrnoException | null) =>
        error ? setImmediate(end, error) : this.#real(descriptor, end);
      if (this.#held) this.#held.push(run);
      else run(this.error);
    };
    fs.fdatasync = watched as typeof fs.fdatasync;
    syncBuiltinESMExports();
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run(this.error);
  }

  /** Ends the sync that began last; the others stay held. */
  releaseLast(): void {
    this.#held?.pop()?.(null);
  }

  /** Fails the sync that began first; the others stay held. */
  failFirst(error: NodeJS.ErrnoException): void {
    this.#held?.shift()?.(error);
  }

  restore(): void {
    fs.fdatasync = this.#real;
    syncBuiltinESMExports();
  }
}
