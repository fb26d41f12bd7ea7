export { digest } from "./digest.js";
export { memoryJournal } from "./memory-journal.js";
export { type SqliteJournalOptions, sqliteJournal } from "./sqlite-journal.js";
