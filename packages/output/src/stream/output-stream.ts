import type { JsonObject, JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { contractOf, type OutputSchema } from "../contract.js";
import { parseOutput } from "../parse-output.js";
import type { ParsedOutput, ParseOptions } from "../result.js";
import type { StandardSchema } from "../standard-schema.js";
import { isText } from "../text.js";
import { isZod } from "../zod.js";
import { AnswerReader } from "./answer-reader.js";
import { Places } from "./place.js";
import { leadsTo, type OutputSnapshot, snapshotOf, wholeCharacters } from "./snapshot.js";

/** What was shown is withdrawn; it comes before anything takes its place. */
export interface RestartEvent {
  readonly type: "restart";
  readonly reason: string;
}

/** What `parseOutput` gives; with `restart`, it is not what the snapshots were growing into. */
export type StreamedOutput<T> = ParsedOutput<T> & { readonly restart?: RestartEvent };

/** What a schema takes, as far as its library says. */
type InputOf<S> = S extends z.ZodType ? z.input<S> : S extends JsonObject ? JsonValue : unknown;

type OutputOf<S> = S extends z.ZodType
  ? z.output<S>
  : S extends StandardSchema<infer T>
    ? T
    : S extends JsonObject
      ? JsonValue
      : unknown;

/**
 * An answer, or the arguments of a tool call, while it is being written. Between two restarts the snapshots only grow:
 * texts at their end, lists by items, objects by keys; a number, an enum or a boolean appears when it is complete.
 * `S` is the schema; `unknown` stands for any.
 */
export interface OutputStream<S, Out = OutputOf<S>> {
  /** All that has come since the last restart. */
  readonly text: string;
  /** Takes the next piece of text. Costs its own length, whatever came before. Never throws. */
  push(chunk: string): readonly RestartEvent[];
  /**
   * The state of things, made when asked for. Its complete parts are frozen and shared with other snapshots: it costs
   * no more than the entries of the lists and objects that are still open.
   */
  partial(): OutputSnapshot<InputOf<S>>;
  /** Starts over, for another attempt. */
  restart(reason: string): RestartEvent;
  /** The whole text under the full contract. Throws as `parseOutput` does. */
  end(options?: ParseOptions): StreamedOutput<Out>;
  /** The same for a text that was parsed elsewhere, as by `parseOutputAsync`, or that guards have changed. */
  settle(output: ParsedOutput<Out>): StreamedOutput<Out>;
}

/** Reads a model's answer while it is being written. Where the schema is `text()`, the text itself is what grows. */
export function streamOutput<S extends OutputSchema>(schema: S): OutputStream<S> {
  const readers = isZod(schema) && isText(schema) ? () => new ProseReader() : jsonReaders(schema);
  return new Stream(schema, readers) as OutputStream<unknown> as OutputStream<S>;
}

/** What follows the answer; a new one for each attempt. */
interface Reader {
  feed(chunk: string): void;
  snapshot(): OutputSnapshot<unknown>;
}

type Readers = (onReplace: (reason: string, next: OutputSnapshot<unknown>) => void) => Reader;

function jsonReaders(schema: OutputSchema): Readers {
  const places = new Places(contractOf(schema).shape);
  return (onReplace) => new AnswerReader(places, onReplace);
}

class ProseReader implements Reader {
  private text = "";

  feed(chunk: string): void {
    this.text += chunk;
  }

  snapshot(): OutputSnapshot<unknown> {
    return snapshotOf(this.text === "" ? undefined : wholeCharacters(this.text), [], 1);
  }
}

class Stream implements OutputStream<unknown> {
  private written = "";
  private events: RestartEvent[] = [];
  private reader: Reader;
  /** The last snapshot that was given away, until it is withdrawn. */
  private given: OutputSnapshot<unknown> | undefined;

  constructor(
    private readonly schema: OutputSchema,
    private readonly readers: Readers,
  ) {
    this.reader = this.begin();
  }

  get text(): string {
    return this.written;
  }

  push(chunk: string): readonly RestartEvent[] {
    this.events = [];
    this.written += chunk;
    this.reader.feed(chunk);
    return this.events;
  }

  partial(): OutputSnapshot<unknown> {
    this.given = this.reader.snapshot();
    return this.given;
  }

  restart(reason: string): RestartEvent {
    this.written = "";
    this.given = undefined;
    this.reader = this.begin();
    return { type: "restart", reason };
  }

  end(options?: ParseOptions): StreamedOutput<unknown> {
    return this.settle(parseOutput(this.written, this.schema as z.ZodType, options));
  }

  settle(output: ParsedOutput<unknown>): StreamedOutput<unknown> {
    const reason = this.withdrawal(output);
    return reason === undefined ? output : { ...output, restart: { type: "restart", reason } };
  }

  private begin(): Reader {
    return this.readers((reason, next) => {
      if (this.given?.value === undefined) return;
      // An empty object that was begun and is begun again is the same to whoever saw it.
      const isOpen = this.given.growing.length > 0 && next.value !== undefined;
      const stays = isOpen && leadsTo(this.given, next.value as JsonValue);
      if (!stays) this.events.push({ type: "restart", reason });
      this.given = undefined;
    });
  }

  private withdrawal(output: ParsedOutput<unknown>): string | undefined {
    if (this.given?.value === undefined) return undefined;
    if (output.status === "refused")
      return [output.code, ...output.issues.slice(0, 1).map((issue) => issue.message)].join(": ");
    return leadsTo(this.given, output.json) ? undefined : "the whole answer reads otherwise than its beginning";
  }
}
