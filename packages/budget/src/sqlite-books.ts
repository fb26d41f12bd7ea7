import type { Balance } from "@armature/contracts";
import type { Migrations, SqliteDatabase } from "@armature/sqlite";
import { type Books, type Hold, isOfOneRequest } from "./ledger.js";

interface AccountRow {
  settled: number;
  held: number;
  debt: number;
}

interface HoldRow {
  attempt_id: string;
  accounts: string;
  micro_usd: number;
  state: Hold["state"];
  expires_at: number;
  debt: number;
}

/** The accounts and the holds of a file. */
export const budgetMigrations: Migrations = {
  owner: "budget",
  steps: [
    `CREATE TABLE accounts (
       account TEXT PRIMARY KEY,
       settled INTEGER NOT NULL,
       held INTEGER NOT NULL,
       debt INTEGER NOT NULL
     ) WITHOUT ROWID;
     CREATE TABLE holds (
       attempt_id TEXT PRIMARY KEY,
       accounts TEXT NOT NULL,
       micro_usd INTEGER NOT NULL,
       state TEXT NOT NULL,
       expires_at INTEGER NOT NULL,
       debt INTEGER NOT NULL
     ) WITHOUT ROWID;
     CREATE INDEX holds_running ON holds (expires_at) WHERE state IN ('held', 'dispatched');`,
    "CREATE INDEX holds_ended ON holds (expires_at) WHERE state IN ('charged', 'settled', 'refunded');",
  ],
};

export function sqliteBooks(database: SqliteDatabase): Books {
  const readAccount = database.prepare("SELECT settled, held, debt FROM accounts WHERE account = ?");
  const moveAccount = database.prepare(
    `INSERT INTO accounts (account, settled, held, debt) VALUES (?, ?, ?, ?)
     ON CONFLICT (account) DO UPDATE SET
       settled = settled + excluded.settled, held = held + excluded.held, debt = debt + excluded.debt`,
  );
  const readHold = database.prepare("SELECT * FROM holds WHERE attempt_id = ?");
  const writeHold = database.prepare(
    `INSERT INTO holds (attempt_id, accounts, micro_usd, state, expires_at, debt) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (attempt_id) DO UPDATE SET state = excluded.state, debt = excluded.debt`,
  );
  const due = "FROM holds WHERE state IN ('held', 'dispatched') AND expires_at <= ?";
  const hasDue = database.prepare(`SELECT 1 ${due} LIMIT 1`);
  const readDue = database.prepare(`SELECT * ${due}`);
  const ended = "FROM holds WHERE state IN ('charged', 'settled', 'refunded') AND expires_at <= ?";
  const hasEnded = database.prepare(`SELECT 1 ${ended} LIMIT 1`);
  const readEnded = database.prepare(`SELECT * ${ended} LIMIT ?`);
  const deleteHold = database.prepare("DELETE FROM holds WHERE attempt_id = ?");
  const deleteAccount = database.prepare("DELETE FROM accounts WHERE account = ? AND held = 0");

  return {
    balance(account): Balance {
      const row = readAccount.get([account]) as AccountRow | undefined;
      return {
        account,
        settledMicroUsd: row?.settled ?? 0,
        heldMicroUsd: row?.held ?? 0,
        debtMicroUsd: row?.debt ?? 0,
      };
    },
    move(account, { settled, held, debt }) {
      moveAccount.run([account, settled, held, debt]);
    },
    hold(attemptId) {
      const row = readHold.get([attemptId]) as HoldRow | undefined;
      return row && toHold(row);
    },
    saveHold({ attemptId, accounts, microUsd, state, expiresAt, debtMicroUsd }) {
      writeHold.run([attemptId, JSON.stringify(accounts), microUsd, state, expiresAt, debtMicroUsd]);
    },
    // Both are asked at every hold and find nothing at most of them: one row costs a seventh of a list.
    prune(before, limit) {
      if (hasEnded.get([before]) === undefined) return;
      for (const hold of (readEnded.all([before, limit]) as HoldRow[]).map(toHold)) {
        deleteHold.run([hold.attemptId]);
        for (const account of hold.accounts) if (isOfOneRequest(account)) deleteAccount.run([account]);
      }
    },
    due(now) {
      if (hasDue.get([now]) === undefined) return [];
      return (readDue.all([now]) as HoldRow[]).map(toHold);
    },
  };
}

function toHold(row: HoldRow): Hold {
  return {
    attemptId: row.attempt_id,
    accounts: JSON.parse(row.accounts) as string[],
    microUsd: row.micro_usd,
    state: row.state,
    expiresAt: row.expires_at,
    debtMicroUsd: row.debt,
  };
}
