import { Worker } from "node:worker_threads";
import type { IndexMessage, IndexReplies, IndexReply, IndexRequest } from "./index-protocol.js";

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** The thread that owns the native indexes. It starts with the first question and keeps no idle process alive. */
export class IndexThread {
  #worker: Worker | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** `onEnd` is told when the thread has ended, by a fault or by {@link close}: its indexes are gone. */
  constructor(private readonly onEnd: () => void) {}

  /** Answers come in the order of the questions. Rejects with what went wrong in the thread. */
  ask<Op extends IndexRequest["op"]>(request: Extract<IndexRequest, { op: Op }>): Promise<IndexReplies[Op]> {
    const worker = this.#start();
    const message: IndexMessage = { id: this.#nextId++, request };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      worker.ref();
      worker.postMessage(message);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./index-worker.js", import.meta.url));
    worker.on("message", (reply: IndexReply) => this.#settle(worker, reply));
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => {
      this.#worker = undefined;
      this.onEnd();
      this.#fail(new Error("The index thread has ended."));
    });
    this.#worker = worker;
    return worker;
  }

  #settle(worker: Worker, reply: IndexReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) worker.unref();
    if (reply.ok) waiting?.resolve(reply.value as never);
    else waiting?.reject(new Error(reply.message));
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
