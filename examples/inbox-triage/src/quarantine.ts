import { appendFileSync, writeFileSync } from "node:fs";
import type { Failure } from "@armature/contracts";

/** What was refused, one JSON line an e-mail: a person can look at it, and nothing downstream reads it by accident. */
export class Quarantine {
  count = 0;
  /** How often for which reason. */
  readonly reasons = new Map<string, number>();

  constructor(private readonly path: string) {
    writeFileSync(path, "");
  }

  add(emailId: string, requestId: string, { code, message }: Failure): void {
    this.count++;
    this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1);
    appendFileSync(this.path, `${JSON.stringify({ emailId, requestId, code, message })}\n`);
  }
}
