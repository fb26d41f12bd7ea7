export { checkPrompts, type PromptCheck, type PromptStatus } from "./check-prompts.js";
export { checkVariables } from "./check-variables.js";
export { definePrompt, type PromptDefinition } from "./define-prompt.js";
export { type FrameParts, frameVariables, RESERVED_VARIABLES } from "./frame-variables.js";
export type { JsonSchema } from "./json-schema.js";
export { type PromptLibrary, promptLibrary } from "./library.js";
export { loadPrompts } from "./load-prompts.js";
export { type Acceptance, acceptPrompt, type LockSubject, lockedEntry } from "./lock-entry.js";
export { readPromptLock, writePromptLock } from "./lock-file.js";
export { describeProblem, type PromptProblem, promptsInvalid } from "./problem.js";
export {
  PROMPT_ROLES,
  type Prompt,
  PromptParameters,
  type PromptRole,
  type PromptSection,
  type Template,
} from "./prompt.js";
export { type PromptSurroundings, promptHash, renderedHash } from "./prompt-hash.js";
export { EMPTY_LOCK, LockEntry, PromptEvaluation, PromptLock } from "./prompt-lock.js";
export { render } from "./render.js";
export { variablesOf } from "./variables.js";
