/**
 * A cap on what an evaluation spends. Before a trial starts, the dearest trial so far is set aside for it and for each
 * one under way, so the sum passes the cap only when a trial costs more than any before. A cap that must never be
 * passed is a budget of the application.
 */
export class CostCap {
  readonly capMicroUsd: number;
  #spent = 0;
  #dearest = 0;
  #underWay = 0;

  constructor(capMicroUsd: number) {
    this.capMicroUsd = capMicroUsd;
  }

  /** Micro-dollars. */
  get spent(): number {
    return this.#spent;
  }

  /** Whether one more trial may start; it has to leave. */
  enter(): boolean {
    if (this.#spent + this.#dearest * (this.#underWay + 1) > this.capMicroUsd) return false;
    this.#underWay++;
    return true;
  }

  leave(microUsd: number): void {
    this.#underWay--;
    this.#spent += microUsd;
    this.#dearest = Math.max(this.#dearest, microUsd);
  }
}
