import { deadlineIn, systemClock, systemIds, systemRandom } from "@armature/contracts";
import { openai } from "@armature/plugin-model-openai";
import { type CallPolicy, type CallResult, callModel, DEFAULT_POLICY, Health } from "@armature/resilience";

/** How one call ended, and after how many milliseconds. */
interface Ended {
  readonly result: CallResult;
  readonly tookMs: number;
}

/** Somebody who calls one model, and whose calls learn from each other. */
export function caller(url: string, deadlineMs: number, policy: Partial<CallPolicy> = {}): () => Promise<Ended> {
  const ladder = [{ route: "model", model: openai({ model: "model", baseUrl: url }) }];
  const health = new Health(systemClock);
  return async () => {
    const startedAt = performance.now();
    const result = await callModel(
      {
        ladder,
        startRung: 0,
        messages: [{ role: "user", content: "Say your words." }],
        parameters: { maxOutputTokens: 100 },
        minOutputTokens: 1,
        policy: { ...DEFAULT_POLICY, ...policy },
        stage: "call",
        visit: 1,
        firstNumber: 1,
      },
      {
        clock: systemClock,
        random: systemRandom,
        ids: systemIds,
        signal: new AbortController().signal,
        deadline: deadlineIn(systemClock, deadlineMs),
        health,
      },
    );
    return { result, tookMs: performance.now() - startedAt };
  };
}

/** Starts `perSecond` calls a second for `forMs`, whether the earlier ones have ended or not, and waits for all. */
export async function arrivals<T>(perSecond: number, forMs: number, call: () => Promise<T>): Promise<T[]> {
  const calls: Promise<T>[] = [];
  const startedAt = performance.now();
  for (;;) {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= forMs) return Promise.all(calls);
    while (calls.length < (elapsed * perSecond) / 1_000) calls.push(call());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
