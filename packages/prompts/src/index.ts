export { checkPrompts, describeCheck, type PromptCheck, type PromptStatus } from "./check-prompts.js";
export { checkVariables } from "./check-variables.js";
export { definePrompt, type PromptDefinition } from "./define-prompt.js";
export { checkExamples } from "./examples.js";
export { type FrameParts, frameVariables, RESERVED_VARIABLES } from "./frame-variables.js";
export type { JsonSchema } from "./json-schema.js";
export {
  DEFAULT_LABEL,
  describePin,
  type MoveRequest,
  moveLabel,
  type PinnedPrompt,
  type PromptPin,
  pinOf,
  resolvePinned,
  rollback,
} from "./label.js";
export { type PromptLibrary, promptLibrary } from "./library.js";
export { diffLines, shortenDiff } from "./line-diff.js";
export { loadPrompts } from "./load-prompts.js";
export { type Acceptance, acceptPrompt, type LockSubject, lockedEntry, requireLocked } from "./lock-entry.js";
export { readPromptLock, writePromptLock } from "./lock-file.js";
export { describeProblem, type PromptProblem, promptsInvalid } from "./problem.js";
export {
  PROMPT_ROLES,
  type Prompt,
  type PromptExample,
  PromptParameters,
  type PromptRole,
  type PromptSection,
  type Template,
} from "./prompt.js";
export { type PromptSurroundings, promptHash, renderedHash } from "./prompt-hash.js";
export { EMPTY_LOCK, LabelMove, LockEntry, PromptEvaluation, PromptLock } from "./prompt-lock.js";
export { render } from "./render.js";
export { stablePrefix } from "./stable-sections.js";
export { variablesOf } from "./variables.js";
