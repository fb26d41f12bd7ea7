import type { Armature } from "@armature/core";

/** The part of an application that an evaluation needs. */
export type EvalApp = Pick<Armature, "run" | "prepare">;
