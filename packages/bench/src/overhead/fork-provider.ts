import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface ForkedProvider {
  readonly url: string;
  close(): void;
}

/** Starts the provider in a process of its own. */
export async function forkProvider(): Promise<ForkedProvider> {
  const child = fork(fileURLToPath(new URL("./provider-process.js", import.meta.url)));
  const url = await Promise.race([
    once(child, "message").then(([message]) => String(message)),
    once(child, "exit").then(([code]) => {
      throw new Error(`The provider's process ended with ${code} before it listened.`);
    }),
  ]);
  return { url, close: () => child.disconnect() };
}
