import type { JsonObject, Tool, ToolSpec } from "@armature/contracts";
import type { Prompt } from "@armature/prompts";
import type { Task } from "./task.js";

/** A task that an application has resolved: its prompt found, its variables checked, its schemas rendered once. */
export interface PreparedTask {
  readonly task: Task;
  readonly prompt: Prompt;
  readonly promptHash: string;
  /** What chose this version of the prompt, where a label did. */
  readonly promptWhy?: string;
  /** The input's fields that the prompt names. */
  readonly promptFields: readonly string[];
  /** Whether the prompt says itself where memories stand. */
  readonly placesMemories: boolean;
  /** Hash of the definition, for the record. */
  readonly hash: string;
  /** JSON Schema of the output; absent for prose. */
  readonly responseSchema?: JsonObject;
  readonly tools: readonly Tool[];
  readonly toolSpecs: readonly ToolSpec[];
}
