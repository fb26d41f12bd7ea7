import { parseOutput, streamOutput } from "@armature/output";
import { parsePartialJson } from "@langchain/core/output_parsers";
import { z } from "zod";
import { median, rounded } from "../statistics.js";

const LENGTH = 100_000;
const CHUNK = 20;
const ROUNDS = 15;
/** Each way runs for about this long in a round. CPU milliseconds. */
const ROUND_MS = 60;

const Item = z.object({
  id: z.int(),
  title: z.string(),
  tags: z.array(z.string()),
  price: z.number(),
  done: z.boolean(),
});
const Answer = z.object({ items: z.array(Item) });

/** An answer of 100 KB in plain JSON, and the pieces in which it comes. */
function answer(): { text: string; chunks: readonly string[] } {
  const items: z.infer<typeof Item>[] = [];
  for (let id = 0; JSON.stringify({ items }).length < LENGTH; id += 50) {
    for (let at = id; at < id + 50; at += 1) {
      const title = `Item ${at} "as ordered", in the size and colour that the customer asked for`;
      items.push({ id: at, title, tags: ["new", `t${at % 7}`], price: at * 1.25, done: at % 2 === 0 });
    }
  }
  const text = JSON.stringify({ items });
  const chunks = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, at) =>
    text.slice(at * CHUNK, (at + 1) * CHUNK),
  );
  return { text, chunks };
}

/** CPU milliseconds of each way to read the answer: the median over rounds in which they take turns. */
export function measureStreaming(): Record<string, number> {
  const { text, chunks } = answer();
  const stream = (pieces: readonly string[], isShown: boolean) => {
    const reader = streamOutput(Answer);
    for (const piece of pieces) {
      reader.push(piece);
      if (isShown) reader.partial();
    }
    return reader;
  };
  const ways: Record<string, () => unknown> = {
    "one pass, whole text": () => stream([text], true),
    "20-byte chunks": () => stream(chunks, false),
    "20-byte chunks, a snapshot each": () => stream(chunks, true),
    "20-byte chunks and the whole contract": () => stream(chunks, false).end(),
    "parseOutput, whole text": () => parseOutput(text, Answer),
    "JSON.parse, whole text": () => JSON.parse(text),
  };
  const taken: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(ways)) {
      const ms = cpuOf(run);
      if (round > 0) taken[name]!.push(ms);
    }
  }
  const figures = Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, rounded(median(all))]));
  return { ...figures, "LangChain's partial parser at each chunk": rounded(cpuOfReparsing(chunks)) };
}

function cpuOf(run: () => unknown): number {
  const start = process.cpuUsage();
  let runs = 0;
  let used = 0;
  while (used < ROUND_MS) {
    run();
    runs += 1;
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1000;
  }
  return used / runs;
}

/** What it costs to parse all that has come again at each chunk. Once, for it takes seconds. */
function cpuOfReparsing(chunks: readonly string[]): number {
  const start = process.cpuUsage();
  let text = "";
  for (const chunk of chunks) {
    text += chunk;
    parsePartialJson(text);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
