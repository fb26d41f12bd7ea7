import type { CallPlan } from "./call-plan.js";

type Listener = Pick<CallPlan, "on" | "mayRestart">;

/** What a live call has passed on to its listener, over all its attempts. */
export class LiveDelivery {
  /** The text that the listener has now. */
  sent = "";
  /** Why the answer did not simply go on; the reason of a `restart`. */
  reason = "restart";
  readonly #refusePrefill = new Set<number>();

  constructor(private readonly listener: Listener) {}

  /** What the model at `rung`, which `canPrefill`, shall continue; `undefined` where it answers anew. */
  prefillFor(rung: number, canPrefill: boolean): string | undefined {
    if (!canPrefill || this.#refusePrefill.has(rung)) return undefined;
    // Providers refuse an assistant message that ends in white space.
    return this.sent.trimEnd() || undefined;
  }

  /** The route has refused to continue an assistant message; it is asked anew. */
  refusesPrefill(rung: number): void {
    this.#refusePrefill.add(rung);
  }

  /** The text of one attempt. `prefill` is what its model was given to continue. */
  open(attemptId: string, prefill: string | undefined): LiveText {
    return new LiveText(this, attemptId, prefill);
  }

  emit(attemptId: string, text: string): void {
    if (text === "") return;
    this.sent += text;
    this.listener.on?.({ type: "delta", attemptId, text });
  }

  /** Voids what was passed on and puts `text` in its place; `false` where the listener would not understand. */
  replace(attemptId: string, text: string, reason = this.reason): boolean {
    if (this.listener.mayRestart !== true) return false;
    this.listener.on?.({ type: "restart", reason, attemptId });
    this.sent = "";
    this.emit(attemptId, text);
    return true;
  }
}

/** The text of one attempt on its way to the listener: whatever the listener has already is held against it. */
export class LiveText {
  /** What must come first, since the listener has it. */
  readonly #expected: string;
  readonly #continues: string | undefined;
  #own = "";
  #begun: boolean;

  constructor(
    private readonly delivery: LiveDelivery,
    private readonly attemptId: string,
    prefill: string | undefined,
  ) {
    this.#continues = prefill;
    this.#expected = prefill === undefined ? delivery.sent : delivery.sent.slice(prefill.length);
    this.#begun = this.#expected === "";
  }

  /** Takes the next piece; `false` when the answer disagrees with what the listener has and may not replace it. */
  push(text: string): boolean {
    this.#own += text;
    if (this.#begun) {
      this.delivery.emit(this.attemptId, text);
      return true;
    }
    return this.#continues === undefined ? this.#compare() : this.#skipSpace();
  }

  /** The answer begins, and what this attempt said until now is none of it; `false` where that may not be withdrawn. */
  beginAnew(): boolean {
    const said = this.#own;
    this.#own = "";
    // What was not passed on need not be withdrawn.
    if (said === "" || !this.#begun) return true;
    return this.delivery.replace(this.attemptId, "", "the answer comes through its tool, not as text");
  }

  /** The answer has ended; `false` when it is less than what the listener has and may not replace it. */
  finish(): boolean {
    if (this.#begun || this.#continues !== undefined || this.#own === this.#expected) return true;
    return this.delivery.replace(this.attemptId, this.#own);
  }

  /** The whole text, of which the attempt may have written the end only. */
  whole(text: string): string {
    return this.#continues === undefined ? text : this.delivery.sent;
  }

  #compare(): boolean {
    if (this.#own.length <= this.#expected.length) {
      return this.#expected.startsWith(this.#own) || this.#replace();
    }
    if (!this.#own.startsWith(this.#expected)) return this.#replace();
    this.#begun = true;
    this.delivery.emit(this.attemptId, this.#own.slice(this.#expected.length));
    return true;
  }

  #replace(): boolean {
    this.#begun = true;
    return this.delivery.replace(this.attemptId, this.#own);
  }

  // The listener has the white space that was cut off the prefill; the model may or may not write it again.
  #skipSpace(): boolean {
    const rest = this.#own.trimStart();
    if (rest === "") return true;
    this.#begun = true;
    this.delivery.emit(this.attemptId, rest);
    return true;
  }
}
