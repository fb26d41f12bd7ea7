import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Contender } from "./contender.js";
import { email } from "./row.js";

/** What one contender spent on one block of requests. */
export interface Block {
  /** Of all threads of this process. Milliseconds. */
  readonly cpuMsPerRequest: number;
  /** How long each request took. Milliseconds. */
  readonly wallMs: readonly number[];
}

setFlagsFromString("--expose-gc");
// A collection a block makes V8 throw away the code of contenders that wait for their turn, and a service that runs
// requests all day never pays for that.
setFlagsFromString("--no-flush-bytecode");
const collectGarbage = runInNewContext("gc") as () => void;

let sent = 0;

/** Runs `requests` requests, `concurrency` of them at a time. */
export async function measure(contender: Contender, requests: number, concurrency: number): Promise<Block> {
  // What the contender before has left lying about is not this one's to clear.
  collectGarbage();
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
