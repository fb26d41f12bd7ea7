import type { ContentField } from "./content-policy.js";
import type { Failure } from "./failure.js";
import type { JsonValue } from "./json.js";
import type {
  CacheProvenance,
  EffectTrace,
  Feedback,
  NodeTrace,
  RedactionTrace,
  Replayability,
  StageTiming,
  ToolTrace,
  ValidationTrace,
} from "./record-trace.js";
import type { RequestState } from "./request-state.js";

/** `open`: running; `paused`: waiting for a person; `finished`; `abandoned`: its process died before it ended. */
export type RecordStatus = "open" | "paused" | "finished" | "abandoned";

/** What is known when a request is accepted: no content, so that it may be written before any guard has seen it. */
export interface RecordOpening {
  readonly version: 1;
  readonly requestId: string;
  readonly task: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly thread?: string;
  /** W3C trace id and span id of the caller, lower-case hexadecimal: telemetry hangs under them. */
  readonly traceId?: string;
  readonly parentSpanId?: string;
  /** W3C trace flags of the caller; 1 is sampled. */
  readonly traceFlags?: number;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly input: ContentDigest;
  /** Of the task's definition and of the application's configuration, so that a replay knows what moved. */
  readonly hashes: {
    readonly task: string;
    readonly config: string;
    readonly promptLock?: string;
    /** The application's own name for the code that ran: a commit, a build, an image digest. */
    readonly code?: string;
  };
  readonly plugins: readonly { readonly name: string; readonly version?: string }[];
  /** What plugins and the graph's builder had placed, in that order; absent where only the standard nodes ran. */
  readonly nodes?: readonly NodeTrace[];
}

/** What may always be kept of a content. */
export interface ContentDigest {
  /** SHA-256 over the salted canonical JSON, hexadecimal. */
  readonly hash: string;
  /** UTF-8 bytes of its JSON. */
  readonly bytes: number;
}

/** The one durable record of a request: enough to explain it and, with full content, to replay it. */
export interface RequestRecord extends RecordOpening {
  readonly status: RecordStatus;
  /** Epoch milliseconds; absent while open. */
  readonly finishedAt?: number;
  readonly durationMs?: number;
  /** The state in which the request ended; what the content policy does not allow is taken out. */
  readonly state: RequestState;
  readonly timings: readonly StageTiming[];
  /** Every answer that was found wanting, in order. */
  readonly validations?: readonly ValidationTrace[];
  readonly tools?: readonly ToolTrace[];
  /** Present when the answer came from a cache. */
  readonly cache?: CacheProvenance;
  readonly redactions?: readonly RedactionTrace[];
  readonly effects?: readonly EffectTrace[];
  /** Hash and size of each field that is not kept in full, salted by the application. */
  readonly digests?: { readonly [field in ContentField]?: ContentDigest };
  readonly replay?: Replayability;
  /** Joined by the journal when the record is read. */
  readonly feedback?: readonly Feedback[];
  readonly result:
    | { readonly ok: true; readonly value: JsonValue }
    | { readonly ok: false; readonly failure: Failure }
    | null;
}
