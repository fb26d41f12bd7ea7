import {
  type BaseCallbackHandler,
  callbackHandlerPrefersChatModelStreamEvents,
  callbackHandlerPrefersStreaming,
} from "@langchain/core/callbacks/base";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";

/**
 * Whether somebody around this call listens for tokens through LangChain, as `streamEvents` and `streamMode: "messages"`
 * do. A chat model that is only invoked streams then all the same, and LangChain loses the finish reason as it joins the
 * chunks: every answer would look cut.
 */
export function areTokensAwaited(): boolean {
  const callbacks = AsyncLocalStorageProviderSingleton.getRunnableConfig()?.callbacks;
  if (callbacks === undefined) return false;
  const handlers = (Array.isArray(callbacks) ? callbacks : callbacks.handlers) as readonly BaseCallbackHandler[];
  return handlers.some(
    (handler) => callbackHandlerPrefersStreaming(handler) || callbackHandlerPrefersChatModelStreamEvents(handler),
  );
}
