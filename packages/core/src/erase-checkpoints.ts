import type { ErasureReceipt, ErasureScope } from "@armature/contracts";
import type { BaseCheckpointSaver } from "@langchain/langgraph";

/**
 * Removes the LangGraph threads whose checkpoints hold a request of the scope, also where its graph ran inside another
 * one. What else such a thread holds goes with it: one LangGraph thread a request. Reads every checkpoint that is kept.
 * Rejects with what the checkpointer throws; then erase again.
 */
export async function eraseCheckpoints(
  checkpointer: BaseCheckpointSaver,
  scope: ErasureScope,
): Promise<ErasureReceipt> {
  const threads = new Set<string>();
  for await (const { config, checkpoint } of checkpointer.list({ configurable: {} })) {
    const thread = config.configurable?.thread_id as string;
    if (isOf(scope, checkpoint.channel_values)) threads.add(thread);
  }
  for (const thread of threads) await checkpointer.deleteThread(thread);
  return { from: "checkpoints", removed: { threads: threads.size } };
}

// The first checkpoint of a run holds the state as it was given and not yet in its channels.
function isOf({ tenant, user, thread }: ErasureScope, { __start__: given, ...kept }: Record<string, unknown>): boolean {
  const whose: Record<string, unknown> = { ...(given as Record<string, unknown> | undefined), ...kept };
  return (
    whose.tenant === tenant &&
    (user === undefined || whose.user === user) &&
    (thread === undefined || whose.thread === thread)
  );
}
