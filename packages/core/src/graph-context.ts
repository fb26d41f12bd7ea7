import type { RunnableConfig } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";

/** Where an entry of LangChain's asynchronous context keeps the configuration of what runs. */
const CHILD_CONFIG = Symbol.for("lc:child_config");

/** An entry of that context: a run of a trace. */
interface Entry {
  readonly extra?: { readonly [CHILD_CONFIG]?: RunnableConfig };
}

/**
 * Runs `act` where what it calls (a pause, a model) finds its place in the graph: in LangChain's asynchronous context.
 * LangChain makes a new run of a trace for each entry, with an id of its own. Where nobody listens, each is a copy of one.
 */
export function inContext<Result>(config: RunnableConfig, act: () => Result): Result {
  const storage = AsyncLocalStorageProviderSingleton.getInstance();
  const isOutermost = storage.getStore() === undefined;
  const blank = isOutermost && !isListenedTo(config) ? unheardEntry() : undefined;
  if (!blank) return AsyncLocalStorageProviderSingleton.runWithConfig(config, act);
  const entry = Object.assign(Object.create(Object.getPrototypeOf(blank)), blank);
  entry.extra = { ...blank.extra, [CHILD_CONFIG]: config };
  return storage.run(entry, act);
}

/** Whether a tracer or another handler is told of what runs under this configuration. */
export function isListenedTo({ callbacks }: RunnableConfig): boolean {
  return callbacks !== undefined && (Array.isArray(callbacks) ? callbacks : callbacks.handlers).length > 0;
}

let unheard: Entry | undefined;

/** `undefined` with a LangChain that keeps the configuration elsewhere. */
function unheardEntry(): Entry | undefined {
  if (unheard) return unheard;
  const probe: RunnableConfig = {};
  const entry: Entry | undefined = AsyncLocalStorageProviderSingleton.runWithConfig(probe, () =>
    AsyncLocalStorageProviderSingleton.getInstance().getStore(),
  );
  if (entry?.extra?.[CHILD_CONFIG] === probe) unheard = entry;
  return unheard;
}
