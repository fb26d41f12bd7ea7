export { consoleSink } from "./console-sink.js";
export { applyContentPolicy } from "./content-policy.js";
export { digest } from "./digest.js";
export { explainRecord } from "./explain-record.js";
export { jsonlSink } from "./jsonl-sink.js";
export { memoryJournal } from "./memory-journal.js";
export { type OtelSinkOptions, otelSink } from "./otel/otel-sink.js";
export { type SqliteJournal, type SqliteJournalOptions, sqliteJournal } from "./sqlite-journal.js";
