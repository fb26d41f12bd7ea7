import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ContenderName } from "./contenders.js";
import type { Block, Load } from "./measure.js";

interface ForkedProvider {
  readonly url: string;
  close(): Promise<void>;
}

/** A contender in a process of its own. */
export interface ForkedContender {
  readonly name: ContenderName;
  measure(load: Load): Promise<Block>;
  close(): Promise<void>;
}

/** Starts the provider in a process of its own: what it spends is not the contenders' spending. */
export async function forkProvider(): Promise<ForkedProvider> {
  const child = start("./provider-process.js", []);
  return { url: String(await answerOf(child)), close: () => end(child) };
}

/** Starts a contender on the provider at `url`; its SQLite files go under `folder`. */
export async function forkContender(name: ContenderName, url: string, folder: string): Promise<ForkedContender> {
  const child = start("./contender-process.js", [name, url, folder]);
  await answerOf(child);
  return {
    name,
    measure(load) {
      child.send(load);
      return answerOf(child) as Promise<Block>;
    },
    close: () => end(child),
  };
}

function start(module: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(module, import.meta.url)), args);
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message),
      once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`${child.spawnargs.slice(1).join(" ")} ended with ${code}.`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.disconnect();
  await once(child, "exit");
}
