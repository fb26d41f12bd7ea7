/** What a code says to the person who is paged. */
export interface FailureMeaning {
  /** One sentence: what happened. */
  readonly meaning: string;
  /** Whether sending the same request again, unchanged, can succeed. */
  readonly retryable: boolean;
  /** What to do about it. */
  readonly remedy: string;
}

function code(retryable: boolean, meaning: string, remedy: string): FailureMeaning {
  return { meaning, retryable, remedy };
}

/** Every way a request, a definition or a boot can fail. `docs/errors.md` has a paragraph for each. */
export const FAILURE_CODES = {
  CONFIG_INVALID: code(
    false,
    "A definition, an option or a file of the application is wrong.",
    "Mend every problem the error lists; each names its file or object and the field.",
  ),
  INPUT_INVALID: code(
    false,
    "The input does not satisfy the task's input schema, or is not JSON.",
    "Mend the caller; the issues name the fields.",
  ),
  TENANT_REQUIRED: code(
    false,
    "A tenant-scoped plugin or budget is present and the run names no tenant.",
    "Pass `tenant` in the run options.",
  ),
  GUARD_BLOCKED: code(
    false,
    "A guard refused what crossed its boundary.",
    "Read the verdict: it names the guard, the boundary and the labels.",
  ),
  BUDGET_EXCEEDED: code(
    false,
    "The worst case of the next attempt does not fit under a cap.",
    "Wait for the window to reset, raise the cap, or choose a cheaper model.",
  ),
  PRICE_UNKNOWN: code(
    false,
    "A budget applies and the model has no known price, so its worst case cannot be held.",
    "Declare the price of the model in the price overlay.",
  ),
  RETRIEVAL_FAILED: code(
    true,
    "A document store or the memory did not answer, and the task does not degrade.",
    'Look at the store; or let the task say `retrieve: { onFailure: "degrade" }`.',
  ),
  PROMPT_UNKNOWN: code(
    false,
    "No prompt has the name and version that the task asks for.",
    "Add the prompt file or correct the reference.",
  ),
  PROMPT_UNLOCKED: code(
    false,
    "The prompt's effective hash is not the one in the lock, and the application is strict.",
    "Evaluate the prompt and accept it into the lock.",
  ),
  CONTEXT_TOO_LONG: code(
    false,
    "The prompt does not fit the context window of any model that may be used.",
    "Shorten the input, retrieve less, or add a model with a larger window.",
  ),
  PROVIDER_UNAVAILABLE: code(
    true,
    "Every route failed with faults of the provider or the network, or its answers were not answers.",
    "Retry later; the attempts name each fault.",
  ),
  PROVIDER_REJECTED: code(
    false,
    "The provider refused the request itself: credentials, permissions, an unknown model, a bad parameter.",
    "Mend the credentials or the request; the attempt carries the provider's reason.",
  ),
  CONTENT_FILTERED: code(
    false,
    "The provider's content filter stopped the request or the answer.",
    "Read the provider's reason in the failure; change the input.",
  ),
  DEADLINE_EXCEEDED: code(
    true,
    "The deadline of the request passed first.",
    "Raise `limits.deadlineMs`, or look in the record where the time went.",
  ),
  OVERLOADED: code(
    true,
    "The local concurrency limit is reached and the queue could not serve the request in time.",
    "Retry after the stated time; slow the callers.",
  ),
  ATTEMPTS_EXHAUSTED: code(
    true,
    "The request used all the attempts that `limits.attempts` allows.",
    "Look at the attempts in the record; raise the limit if they are sound.",
  ),
  CANCELLED: code(true, "The caller's signal was aborted.", "Nothing: the caller asked for it."),
  SHUTTING_DOWN: code(
    true,
    "The application is closing and accepts no more requests.",
    "Send the request to another instance.",
  ),
  OUTPUT_INVALID: code(
    true,
    "The model's answer does not satisfy the output schema, and the allowed re-asks are used up.",
    "Read the issues in the record; improve the prompt or use a stronger model.",
  ),
  OUTPUT_TRUNCATED: code(
    true,
    "The model's answer was cut, and the allowed re-asks are used up.",
    "Raise `limits.maxOutputTokens` or ask for less.",
  ),
  OUTPUT_REFUSED: code(
    false,
    "The model refused to answer.",
    "Read the refusal in the record; change the input or the prompt.",
  ),
  UNGROUNDED: code(
    false,
    "A value does not occur in the part of the input it must come from.",
    "Read the issues: they name the fields. The model invented them.",
  ),
  TOOL_TURNS_EXCEEDED: code(
    true,
    "The model still asked for tools after `limits.toolTurns` turns.",
    "Raise the limit or make the tools answer more at once.",
  ),
  PLUGIN_FAILED: code(
    true,
    "A plugin threw, took too long to be set up, or returned what its contract does not allow.",
    "The failure names the plugin and keeps its cause.",
  ),
  STAGE_FAILED: code(
    false,
    "A node of the graph threw or returned a patch that the state does not allow.",
    "The failure names the node and keeps its cause: mend the node.",
  ),
  JOURNAL_UNAVAILABLE: code(
    true,
    "The record of the request could not be opened or written durably.",
    "Look at the disk and the permissions of the journal file.",
  ),
} as const satisfies Record<string, FailureMeaning>;

export type FailureCode = keyof typeof FAILURE_CODES;
