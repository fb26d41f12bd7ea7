import type { Contender } from "./contender.js";
import { email } from "./row.js";

/** Requests, so many of them at a time. */
export interface Load {
  readonly requests: number;
  readonly concurrency: number;
}

/** What one contender spent on one block of requests. */
export interface Block {
  /** Of all threads of this process. Milliseconds. */
  readonly cpuMsPerRequest: number;
  /** How long each request took. Milliseconds. */
  readonly wallMs: readonly number[];
}

let sent = 0;

/** Lets a contender serve a load, and measures what this process spends on it. */
export async function measure(contender: Contender, { requests, concurrency }: Load): Promise<Block> {
  const wallMs: number[] = [];
  let open = requests;
  const worker = async () => {
    while (open-- > 0) {
      const startedAt = performance.now();
      await contender.run(email(++sent));
      wallMs.push(performance.now() - startedAt);
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  return { cpuMsPerRequest: (user + system) / 1000 / requests, wallMs };
}
