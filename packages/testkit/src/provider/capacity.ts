import type { ChatRequest } from "./chat-request.js";
import type { Responder } from "./reply.js";

/** What a model serves at a time; both figures may be changed while it runs. */
export interface Capacity {
  /** Requests at a time; the others wait in their order. */
  places: number;
  /** Milliseconds that one request takes. */
  serviceMs: number;
}

/** A responder that serves no more requests at a time than its capacity says: what comes beyond that waits. */
export function withCapacity(capacity: Capacity, respond: Responder): Responder {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (request: ChatRequest) => {
    while (busy >= capacity.places) await new Promise<void>((resolve) => waiting.push(resolve));
    busy++;
    try {
      await new Promise((resolve) => setTimeout(resolve, capacity.serviceMs));
      return await respond(request);
    } finally {
      busy--;
      waiting.shift()?.();
    }
  };
}
