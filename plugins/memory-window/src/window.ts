import type { Turn } from "./turn.js";

/** The newest turns of one thread, oldest first, at most `maxTurns` of them. */
export class Window {
  #turns: Turn[] = [];

  constructor(readonly maxTurns: number) {}

  get size(): number {
    return this.#turns.length;
  }

  /**
   * Puts a turn where its time belongs. The same request a second time changes nothing; one that has already left the
   * window is older than everything in it and leaves again.
   */
  add(turn: Turn): void {
    if (this.#turns.some((known) => known.requestId === turn.requestId)) return;
    const index = this.#turns.findLastIndex((known) => known.at <= turn.at) + 1;
    this.#turns.splice(index, 0, turn);
    if (this.#turns.length > this.maxTurns) this.#turns.shift();
  }

  /** The longest run of newest turns that fits. It has no holes: an answer without its question misleads. */
  newest(maxTokens: number): Turn[] {
    let first = this.#turns.length;
    let left = maxTokens;
    while (first > 0 && this.#turns[first - 1]!.tokens <= left) left -= this.#turns[--first]!.tokens;
    return this.#turns.slice(first);
  }

  /** How many turns went. */
  remove(matches: (turn: Turn) => boolean): number {
    const before = this.#turns.length;
    this.#turns = this.#turns.filter((turn) => !matches(turn));
    return before - this.#turns.length;
  }
}
