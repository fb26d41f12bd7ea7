import { parseOutput, streamOutput } from "@armature/output";
import { z } from "zod";

/** Makes a value of a text, or undefined. */
export type Read = (text: string) => unknown;

/** A reader of texts, loaded only in the process that measures it. */
interface SpeedContender {
  readonly name: string;
  load(): Promise<Read>;
}

/** What every contender is measured against. */
export const JSON_PARSE = "JSON.parse";

const anything = z.unknown();
const CHUNK = 20;

function accepted(result: ReturnType<typeof parseOutput>): unknown {
  return result.status === "value" ? result.json : undefined;
}

const onePass: Read = (text) => accepted(parseOutput(text, anything));

function streamed(text: string, size: number): unknown {
  const stream = streamOutput(anything);
  for (let at = 0; at < text.length; at += size) stream.push(text.slice(at, at + size));
  return accepted(stream.end());
}

async function langChain(): Promise<Read> {
  const { parsePartialJson } = await import("@langchain/core/output_parsers");
  return (text) => parsePartialJson(text) ?? undefined;
}

async function aiSdk(): Promise<Read> {
  const { parsePartialJson } = await import("ai");
  return async (text) => (await parsePartialJson(text)).value;
}

/** Reads all that has come again after each chunk, as a parser that keeps nothing has to. */
function afterEachChunk(read: Read): Read {
  return async (text) => {
    let value: unknown;
    for (let at = 0; at < text.length; at += CHUNK) value = await read(text.slice(0, at + CHUNK));
    return value;
  };
}

/** Readers of whole texts. */
export const READERS: readonly SpeedContender[] = [
  { name: JSON_PARSE, load: async () => (text) => JSON.parse(text) },
  { name: "parseOutput", load: async () => onePass },
  {
    name: "parseOutput with its changes",
    load: async () => (text) => {
      const result = parseOutput(text, anything);
      // In a long text they are listed when they are first looked at.
      return result.changes === undefined ? undefined : accepted(result);
    },
  },
  {
    name: "jsonrepair and JSON.parse",
    async load() {
      const { jsonrepair } = await import("jsonrepair");
      return (text) => JSON.parse(jsonrepair(text));
    },
  },
  { name: "LangChain parsePartialJson", load: langChain },
  { name: "AI SDK parsePartialJson", load: aiSdk },
];

/** Readers of a text that comes in pieces of twenty characters. */
export const STREAMERS: readonly SpeedContender[] = [
  { name: "parseOutput", load: async () => onePass },
  { name: "streamOutput, in one piece", load: async () => (text) => streamed(text, text.length) },
  { name: "streamOutput, in chunks", load: async () => (text) => streamed(text, CHUNK) },
  { name: "LangChain parsePartialJson", load: async () => afterEachChunk(await langChain()) },
  { name: "AI SDK parsePartialJson", load: async () => afterEachChunk(await aiSdk()) },
];
