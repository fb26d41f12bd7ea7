import type { FinishReason, JsonObject } from "@armature/contracts";
import type { OutputSchema } from "../contract.js";
import type { ParsedOutput } from "../result.js";
import { type OutputStream, type RestartEvent, streamOutput } from "./output-stream.js";
import type { OutputSnapshot } from "./snapshot.js";

/** A piece of a tool call, as chat models stream it: the first names the call, the others bring its arguments. */
export interface ToolCallChunk {
  /** Which call of the turn it belongs to. Without one it continues the last call, unless it brings an id. */
  readonly index?: number | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly args?: string | undefined;
}

/** A tool call that is being written. */
export interface GrowingCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: OutputSnapshot<unknown>;
}

/** A tool call that has been written, and what its arguments came to. */
export interface EndedCall {
  readonly id: string;
  readonly name: string;
  /** The text of the arguments, as the model wrote it. */
  readonly argumentsText: string;
  readonly output: ParsedOutput<unknown>;
  /** What was shown of the arguments is withdrawn. */
  readonly restart?: RestartEvent;
}

/** The tool calls of one turn while they are being written, in the order in which they began. */
export interface ToolCallStream {
  push(chunk: ToolCallChunk): readonly RestartEvent[];
  partial(): readonly GrowingCall[];
  /** Forgets all calls, for another attempt. */
  restart(reason: string): RestartEvent;
  /** All calls under the full contracts of their tools. Arguments that were cut are never valid. */
  end(finish: FinishReason): readonly EndedCall[];
}

/**
 * Reads tool calls while they are being written.
 *
 * @param tools the schema of each tool's arguments, by the tool's name; arguments of a name that is not there are
 *   shown as they come
 */
export function streamToolCalls(tools: Readonly<Record<string, OutputSchema>>): ToolCallStream {
  return new Calls(tools);
}

interface Call {
  readonly index: number | undefined;
  id: string;
  name: string;
  stream: OutputStream<unknown> | undefined;
}

const ANY_OBJECT: JsonObject = { type: "object" };

class Calls implements ToolCallStream {
  private calls: Call[] = [];

  constructor(private readonly tools: Readonly<Record<string, OutputSchema>>) {}

  push(chunk: ToolCallChunk): readonly RestartEvent[] {
    const call = this.callOf(chunk);
    call.id ||= chunk.id ?? "";
    // Once arguments come, the name is complete: some providers repeat it then.
    if (call.stream === undefined) call.name += chunk.name ?? "";
    if (!chunk.args) return [];
    call.stream ??= this.streamOf(call);
    return call.stream.push(chunk.args);
  }

  partial(): readonly GrowingCall[] {
    return this.calls.map((call) => {
      const { id, name, stream = this.streamOf(call) } = call;
      return { id, name, arguments: stream.partial() };
    });
  }

  restart(reason: string): RestartEvent {
    this.calls = [];
    return { type: "restart", reason };
  }

  end(finish: FinishReason): readonly EndedCall[] {
    return this.calls.map((call) => {
      const { id, name, stream = this.streamOf(call) } = call;
      // With `stop`, a missing last brace of an answer would count as a slip.
      const { restart, ...output } = stream.end({ finish: finish === "stop" ? "tool_calls" : finish });
      return { id, name, argumentsText: stream.text, output, ...(restart && { restart }) };
    });
  }

  private callOf({ index, id }: ToolCallChunk): Call {
    const last = this.calls[this.calls.length - 1];
    const isLast = index === undefined && (id === undefined || id === "" || id === last?.id);
    const known = isLast ? last : this.calls.find((call) => index !== undefined && call.index === index);
    if (known !== undefined) return known;
    const call: Call = { index, id: "", name: "", stream: undefined };
    this.calls.push(call);
    return call;
  }

  private streamOf({ name }: Call): OutputStream<unknown> {
    const schema = Object.hasOwn(this.tools, name) ? this.tools[name]! : ANY_OBJECT;
    return streamOutput(schema);
  }
}
