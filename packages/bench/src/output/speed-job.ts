import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { median } from "../statistics.js";
import { JSON_PARSE, READERS, type Read, STREAMERS } from "./speed-contenders.js";
import { speedText } from "./speed-texts.js";

export type SpeedForm = "valid" | "broken" | "streamed";

/** One contender on one text. */
export interface SpeedJob {
  readonly contender: string;
  readonly form: SpeedForm;
  readonly bytes: number;
}

export interface SpeedFigure {
  /** Of all threads, the collection of garbage included; median over the samples. Milliseconds. */
  readonly cpuMs: number;
  /** The median over pairs of samples, one after the other, of what the contender and the yardstick took. */
  readonly times: number;
  /** Whether it made the right value of the text. */
  readonly right: boolean;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const SEED = 20;
/** Sampling goes on until it has cost so much CPU time, in milliseconds. */
const ENOUGH = 1_000;
const LEAST = 3;
const MOST = 60;

/** What a stream is measured against, and everything else. */
const yardsticks: Readonly<Record<SpeedForm, string>> = {
  valid: JSON_PARSE,
  broken: JSON_PARSE,
  streamed: "streamOutput, in one piece",
};

/** Measures a contender against its yardstick, which reads the valid text, in turns. */
export async function runSpeedJob({ contender, form, bytes }: SpeedJob): Promise<SpeedFigure> {
  const { value, valid, broken } = speedText(bytes, SEED);
  const load = (name: string) => (form === "streamed" ? STREAMERS : READERS).find((one) => one.name === name)!.load();
  const yardstick = await load(yardsticks[form]);
  const own = contender === yardsticks[form] ? yardstick : await load(contender);
  const text = form === "broken" && own !== yardstick ? broken : valid;
  const right = isDeepStrictEqual(await tried(own, text), value);
  const readings = Math.max(1, Math.round(1_000_000 / bytes));
  const samples: { readonly cpuMs: number; readonly times: number }[] = [];
  for (let spent = 0; samples.length < LEAST || (spent < ENOUGH && samples.length < MOST); ) {
    const unit = await sample(yardstick, valid, readings);
    const cpuMs = own === yardstick ? unit : await sample(own, text, readings);
    samples.push({ cpuMs, times: cpuMs / unit });
    spent += (unit + cpuMs) * readings;
  }
  // The first half warms the compiler up.
  const settled = samples.slice(Math.floor(samples.length / 2));
  return {
    cpuMs: median(settled.map((one) => one.cpuMs)),
    times: median(settled.map((one) => one.times)),
    right,
  };
}

/** CPU time of one reading. Milliseconds. */
async function sample(read: Read, text: string, readings: number): Promise<number> {
  // What was left lying about before is not this one's to clear.
  collectGarbage();
  // A collection between two readings also makes V8 throw away code that it compiled for objects which have all died
  // by then. Those of a service mostly come while it reads, so that the code stays: here it is compiled again first.
  for (let reading = 0; reading < readings; reading += 1) await tried(read, text);
  const before = process.cpuUsage();
  for (let reading = 0; reading < readings; reading += 1) await tried(read, text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / readings;
}

/** What a text cannot be read as is undefined, however that is said. */
async function tried(read: Read, text: string): Promise<unknown> {
  try {
    return await read(text);
  } catch {
    return undefined;
  }
}
