import type { Journal } from "@armature/contracts";
import type { Armature } from "@armature/core";

/** The part of an application that an evaluation needs. */
export type EvalApp = Pick<Armature, "run" | "prepare">;

/** An application that an evaluation has booted for itself. */
export interface BootedApp extends EvalApp {
  /** Gives scorers the record of each request: its passages, say. */
  readonly journal?: Pick<Journal, "read">;
  close?(): Promise<void>;
}
