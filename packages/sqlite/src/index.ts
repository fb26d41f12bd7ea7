export type { GroupCommit } from "./group-commit.js";
export type { Migrations } from "./migrate.js";
export {
  openSqlite,
  type SqliteDatabase,
  type SqliteFile,
  type SqliteOptions,
  type SqliteStatement,
} from "./open-sqlite.js";
