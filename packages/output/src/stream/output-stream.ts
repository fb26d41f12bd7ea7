import type { JsonValue } from "@armature/contracts";
import type { z } from "zod";
import { shapeOf } from "../coerce/shape.js";
import { parseOutput } from "../parse-output.js";
import type { ParsedOutput, ParseOptions } from "../result.js";
import { isText } from "../text.js";
import { AnswerReader } from "./answer-reader.js";
import { Places } from "./place.js";
import { leadsTo, type OutputSnapshot, snapshotOf, wholeCharacters } from "./snapshot.js";

/** What was shown is withdrawn; it comes before anything takes its place. */
export interface RestartEvent {
  readonly type: "restart";
  readonly reason: string;
}

/** What `parseOutput` gives, and whether it is something else than what the snapshots were growing into. */
export type StreamedOutput<T> = ParsedOutput<T> & { readonly restart?: RestartEvent };

/**
 * An answer, or the arguments of a tool call, while it is being written. Between two restarts the snapshots only grow:
 * texts at their end, lists by items, objects by keys; a number, an enum or a boolean appears when it is complete.
 */
export interface OutputStream<S extends z.ZodType> {
  /** Takes the next piece of text. Costs its own length, whatever came before. Never throws. */
  push(chunk: string): readonly RestartEvent[];
  /**
   * The state of things, made when asked for. Its complete parts are shared with other snapshots, and it is frozen;
   * it costs no more than the entries of the lists and objects that are still open.
   */
  partial(): OutputSnapshot<z.input<S>>;
  /** Starts over, for another attempt. */
  restart(reason: string): RestartEvent;
  /** The whole text under the full contract. */
  end(options?: ParseOptions): StreamedOutput<z.output<S>>;
}

/** Reads a model's answer while it is being written. Where the schema is `text()`, the text itself is what grows. */
export function streamOutput<S extends z.ZodType>(schema: S): OutputStream<S> {
  return new Stream(schema, isText(schema) ? () => new ProseReader() : jsonReaders(schema));
}

/** What follows the answer; a new one for each attempt. */
interface Reader {
  feed(chunk: string): void;
  snapshot(): OutputSnapshot<unknown>;
}

type Readers = (onReplace: (reason: string, next: OutputSnapshot<unknown>) => void) => Reader;

function jsonReaders(schema: z.ZodType): Readers {
  const places = new Places(shapeOf(schema));
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

class Stream<S extends z.ZodType> implements OutputStream<S> {
  private text = "";
  private events: RestartEvent[] = [];
  private reader: Reader;
  /** The last snapshot that was given away, until it is withdrawn. */
  private given: OutputSnapshot<unknown> | undefined;

  constructor(
    private readonly schema: S,
    private readonly readers: Readers,
  ) {
    this.reader = this.begin();
  }

  push(chunk: string): readonly RestartEvent[] {
    this.events = [];
    this.text += chunk;
    this.reader.feed(chunk);
    return this.events;
  }

  partial(): OutputSnapshot<z.input<S>> {
    this.given = this.reader.snapshot();
    return this.given as OutputSnapshot<z.input<S>>;
  }

  restart(reason: string): RestartEvent {
    this.text = "";
    this.given = undefined;
    this.reader = this.begin();
    return { type: "restart", reason };
  }

  end(options: ParseOptions = {}): StreamedOutput<z.output<S>> {
    const output = parseOutput(this.text, this.schema, options);
    const reason = this.withdrawal(output);
    return reason === undefined ? output : { ...output, restart: { type: "restart", reason } };
  }

  private begin(): Reader {
    return this.readers((reason, next) => {
      if (this.given?.value === undefined) return;
      const stays = next.value !== undefined && leadsTo(this.given, next.value as JsonValue);
      if (!stays) this.events.push({ type: "restart", reason });
      this.given = undefined;
    });
  }

  private withdrawal(output: ParsedOutput<unknown>): string | undefined {
    if (this.given?.value === undefined) return undefined;
    if (output.status === "refused") return `${output.code}: ${output.issues[0]!.message}`;
    return leadsTo(this.given, output.json as JsonValue)
      ? undefined
      : "the whole answer reads otherwise than its beginning";
  }
}
