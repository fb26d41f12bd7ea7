import type { RequestRecord } from "./request-record.js";
import { many } from "./token.js";

/** Gets every finished record after redaction: telemetry, files, consoles. A sink that fails is reported, never waited for. */
export interface RecordSink {
  readonly name: string;
  write(record: RequestRecord): void | Promise<void>;
}

export const RecordSink = many<RecordSink>("RecordSink", { name: "string", write: "function" });
