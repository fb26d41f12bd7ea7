export { applyContentPolicy } from "./content-policy.js";
export { digest } from "./digest.js";
export { explainRecord } from "./explain-record.js";
export { memoryJournal } from "./memory-journal.js";
export { type SqliteJournal, type SqliteJournalOptions, sqliteJournal } from "./sqlite-journal.js";
