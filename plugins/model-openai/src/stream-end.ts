import type { OpenAIClient } from "@langchain/openai";

type Chunk = OpenAIClient.Chat.Completions.ChatCompletionChunk;

/** What the client gives for a stream: its chunks, and what closes the connection. */
export interface ChunkStream extends AsyncIterable<Chunk> {
  readonly controller: AbortController;
}

/** After the finish reason a server has this long to tell the usage, and after that again to end the stream. */
const GRACE_MS = 250;

/**
 * The chunks of a stream as far as they matter: it ends as soon as usage has followed a finish reason, or when none
 * comes within a quarter of a second, also where the server forgets `[DONE]`. LangChain tells the usage when the stream
 * has ended and not before.
 */
export async function* untilUsage(stream: ChunkStream): AsyncGenerator<Chunk, void> {
  const chunks = stream[Symbol.asyncIterator]();
  let grace: Grace | undefined;
  let isFinished = false;
  try {
    for (;;) {
      const next = await (grace ? grace.orSooner(chunks.next()) : chunks.next());
      if (next === undefined) return;
      if (next.done) {
        isFinished = true;
        return;
      }
      const { choices, usage } = next.value;
      // LangChain passes over a choice without a delta, and over its finish reason with it.
      if (choices?.[0]) choices[0].delta ??= {};
      yield next.value;
      // Only one answer is asked for; the end of another is not its end.
      if (choices?.[0]?.finish_reason && !choices[0].index) grace ??= new Grace();
      if (grace && usage) {
        isFinished = true;
        void letEnd(stream, chunks);
        return;
      }
    }
  } finally {
    grace?.end();
    if (!isFinished) stream.controller.abort();
  }
}

/** The connection may end by itself, so that it can serve the next request; one that stays open is closed. */
async function letEnd({ controller }: ChunkStream, chunks: AsyncIterator<Chunk>): Promise<void> {
  const grace = new Grace();
  try {
    for (;;) {
      const next = await grace.orSooner(chunks.next());
      if (next?.done) return;
      if (!next) return controller.abort();
    }
  } catch {
    // The answer is complete; how its connection ends is no fault of it.
  } finally {
    grace.end();
  }
}

class Grace {
  readonly #over: Promise<undefined>;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#over = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, GRACE_MS, undefined);
    });
  }

  /** What `next` comes to; `undefined` when the time is over before. */
  orSooner<T>(next: Promise<T>): Promise<T | undefined> {
    // Closing the connection may fail what nobody waits for any more.
    next.catch(() => undefined);
    return Promise.race([next, this.#over]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
