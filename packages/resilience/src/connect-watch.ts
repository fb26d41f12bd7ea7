import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Clock } from "@armature/contracts";

const current = new AsyncLocalStorage<ConnectWatch>();
const watches = new WeakMap<object, ConnectWatch>();
let isSubscribed = false;

/**
 * Bounds the time that a request waits for its connection. Node's fetch says on its diagnostics channels when it takes
 * a request on and when it writes it to a connection; clients that do not stand on it are not watched.
 */
export class ConnectWatch {
  #cancel: (() => void) | undefined;
  #ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly onTimeout: () => void,
  ) {
    if (isSubscribed) return;
    isSubscribed = true;
    subscribe("undici:request:create", (message) => {
      const watch = current.getStore();
      if (watch) watch.#begin((message as { request: object }).request);
    });
    subscribe("undici:client:sendHeaders", (message) => {
      watches.get((message as { request: object }).request)?.end();
    });
  }

  /** Runs what sends the request. */
  run<T>(send: () => T): T {
    return current.run(this, send);
  }

  end(): void {
    this.#ended = true;
    this.#cancel?.();
  }

  #begin(request: object): void {
    if (this.#ended) return;
    watches.set(request, this);
    this.#cancel?.();
    this.#cancel = this.clock.after(this.timeoutMs, this.onTimeout);
  }
}
