export { Armature, type RunOptions, type StreamOptions } from "./armature.js";
export { createArmature } from "./create-armature.js";
export {
  afterCall,
  afterPrompt,
  afterRepair,
  afterRetrieve,
  afterRoute,
  afterTools,
  afterValidate,
} from "./edges.js";
export { eraseCheckpoints } from "./erase-checkpoints.js";
export { GraphBuilder, type OpenStage, type StateWith } from "./graph-builder.js";
export type { CompiledGraph, CompileOptions } from "./langgraph.js";
export type { Limits } from "./limits.js";
export { type ArmatureOptions, optionProblems } from "./options.js";
export { outcomeOf } from "./outcome.js";
export type { PreparedTask } from "./prepared-task.js";
export type { Divergence } from "./replay/compare.js";
export type { Replay } from "./replay/replay.js";
export type { Listener, Runtime, Services } from "./services.js";
export { call } from "./stages/call.js";
export { log } from "./stages/log.js";
export { prompt } from "./stages/prompt.js";
export { repair } from "./stages/repair.js";
export { retrieve } from "./stages/retrieve.js";
export { route } from "./stages/route.js";
export { tools } from "./stages/tools.js";
export { type ValidateState, validate } from "./stages/validate.js";
export type { Patch } from "./state.js";
export type { DeltaEvent, PartialEvent, StageEvent, StreamEvent, ToolEvent, ToolPartialEvent } from "./stream-event.js";
export { defineTask, type RetrievalPlan, type Task, type TaskDefinition, textOf } from "./task.js";
