import type { JsonPath } from "@armature/contracts";
import type { z } from "zod";
import { type Shape, shapeOf } from "../coerce/shape.js";
import { parseOutput } from "../parse-output.js";
import type { ParsedOutput, ParseOptions } from "../result.js";
import { isText } from "../text.js";
import { PartialParser } from "./partial-parser.js";

/** A value of which parts may still be missing, at any depth. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? DeepPartial<Item>[]
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> }
    : T;

export interface OutputSnapshot<T> {
  /** What has come so far; undefined before the answer begins. Not validated: only {@link OutputStream.end} is. */
  readonly value: DeepPartial<T> | undefined;
  /** The paths that still grow, outermost first; every other part of `value` is complete. */
  readonly growing: readonly JsonPath[];
}

/** What was shown is withdrawn; it comes before anything takes its place. */
export interface RestartEvent {
  readonly type: "restart";
  readonly reason: string;
}

export interface OutputStream<S extends z.ZodType> {
  /** Takes the next piece of text. Costs its own length, whatever came before. */
  push(chunk: string): RestartEvent[];
  /** The state of things as a copy, made when asked for. Within one attempt it only grows. */
  partial(): OutputSnapshot<z.input<S>>;
  /** Starts over, for another attempt. */
  restart(reason: string): RestartEvent;
  /** The whole text under the full contract, as `parseOutput` gives it. */
  end(options?: ParseOptions): ParsedOutput<z.output<S>>;
}

/** Reads a model's answer, or the arguments of its tool call, while it is being written. */
export function streamOutput<S extends z.ZodType>(schema: S): OutputStream<S> {
  return isText(schema) ? new ProseStream(schema) : new JsonStream(schema);
}

class ProseStream<S extends z.ZodType> implements OutputStream<S> {
  private pieces: string[] = [];

  constructor(private readonly schema: S) {}

  push(chunk: string): RestartEvent[] {
    this.pieces.push(chunk);
    return [];
  }

  partial(): OutputSnapshot<z.input<S>> {
    const value = this.pieces.join("");
    return { value: (value === "" ? undefined : value) as DeepPartial<z.input<S>> | undefined, growing: [[]] };
  }

  restart(reason: string): RestartEvent {
    this.pieces = [];
    return { type: "restart", reason };
  }

  end(options: ParseOptions = {}): ParsedOutput<z.output<S>> {
    return parseOutput(this.pieces.join(""), this.schema, options);
  }
}

const DRAFT = /<(\/?)(think|thinking|thought|reasoning|scratchpad)>$/i;

class JsonStream<S extends z.ZodType> implements OutputStream<S> {
  private readonly shape: Shape;
  private pieces: string[] = [];
  private parser: PartialParser | undefined;
  /** The last characters outside JSON, enough to see a tag of a draft. */
  private tail = "";
  private isDraft = false;

  constructor(private readonly schema: S) {
    this.shape = shapeOf(schema);
  }

  push(chunk: string): RestartEvent[] {
    this.pieces.push(chunk);
    const events: RestartEvent[] = [];
    for (let at = 0; at < chunk.length; at += 1) this.take(chunk[at]!, events);
    return events;
  }

  partial(): OutputSnapshot<z.input<S>> {
    const { value, growing } = this.parser?.snapshot() ?? { value: undefined, growing: [[]] };
    return { value: value as DeepPartial<z.input<S>> | undefined, growing };
  }

  restart(reason: string): RestartEvent {
    this.pieces = [];
    this.tail = "";
    this.isDraft = false;
    this.parser = undefined;
    return { type: "restart", reason };
  }

  end(options: ParseOptions = {}): ParsedOutput<z.output<S>> {
    return parseOutput(this.pieces.join(""), this.schema, options);
  }

  private take(char: string, events: RestartEvent[]): void {
    if (this.parser?.status === "reading") {
      this.parser.take(char);
      return;
    }
    if (this.parser?.status === "stalled" && !this.parser.isEmpty) return;
    this.tail = (this.tail + char).slice(-16);
    if (char === ">") {
      const tag = DRAFT.exec(this.tail);
      if (tag !== null) this.isDraft = tag[1] === "";
    }
    if (this.isDraft || (char !== "{" && char !== "[")) return;
    if (this.parser !== undefined && !this.parser.isEmpty) {
      events.push({ type: "restart", reason: "another JSON value follows the first" });
    }
    this.parser = new PartialParser(this.shape);
    this.parser.take(char);
  }
}
