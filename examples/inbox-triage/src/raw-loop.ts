import { costOf } from "@armature/budget";
import OpenAI from "openai";
import type { Contest } from "./contest.js";
import type { Email } from "./emails.js";
import { countWrong, type Figures, percentile } from "./figures.js";
import { inParallel } from "./pool.js";
import { RowStore } from "./store.js";

/** The loop that people write: the client with its own retries, `JSON.parse`, and straight into the table. */
export async function runRawLoop(emails: readonly Email[], contest: Contest): Promise<Figures> {
  const store = new RowStore(`${contest.folder}/raw.db`);
  let calls = 0;
  const client = new OpenAI({
    apiKey: contest.apiKey,
    baseURL: contest.baseUrl,
    ...(contest.rawTimeoutMs !== undefined && { timeout: contest.rawTimeoutMs }),
    fetch: (url, init) => {
      calls++;
      return fetch(url, init);
    },
  });
  const latencies: number[] = [];
  let crashes = 0;
  let microUsd = 0;

  await inParallel(emails, contest.concurrency, async (email) => {
    const startedAt = performance.now();
    try {
      const completion = await client.chat.completions.create({
        model: contest.fastModel,
        temperature: 0,
        response_format: { type: "json_object" },
        messages: [
          { role: "system", content: INSTRUCTIONS },
          {
            role: "user",
            content: `From: ${email.from.name} <${email.from.address}>\nSubject: ${email.subject}\n\n${email.body}`,
          },
        ],
      });
      microUsd += priceOf(completion.usage, contest.fastModel);
      store.insert(email.id, JSON.parse(completion.choices[0]!.message.content!));
    } catch {
      // Without this the first broken answer would have ended the loop: each one counts as a crash.
      crashes++;
    }
    latencies.push(performance.now() - startedAt);
    contest.onProgress();
  });

  const judged = countWrong(store, emails);
  store.close();
  return {
    ...judged,
    crashes,
    quarantined: 0,
    calls,
    usd: microUsd / 1_000_000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

const INSTRUCTIONS = `You sort the mail of a shared inbox. Answer with one JSON object: sender (the address in the From
header), subject (word for word), category (discussion, newsletter, notification, offer or scam), urgency (1 to 5),
summary (one sentence), amounts (a list of every amount of money in the text, spelled as it stands there).`;

function priceOf(usage: OpenAI.CompletionUsage | undefined, model: string): number {
  if (!usage) return 0;
  return costOf({ inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }, "openai", model).microUsd;
}
