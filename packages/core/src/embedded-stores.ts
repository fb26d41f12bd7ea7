import { memoryBudgetStore, sqliteBudgetStore } from "@armature/budget";
import type { BudgetStore, Clock, Journal } from "@armature/contracts";
import { sqliteJournal } from "@armature/journal";
import type { ArmatureOptions } from "./options.js";

/** What the application opens itself, and so closes itself. */
export interface EmbeddedStores {
  readonly journal: Journal | undefined;
  readonly budgetStore: BudgetStore;
  close(): Promise<void>;
}

/** The embedded stores; budgets live in the journal's file, so that one path is the whole state of an application. */
export async function openStores({ journal, budgets = [] }: ArmatureOptions, clock: Clock): Promise<EmbeddedStores> {
  if (typeof journal !== "string") {
    return { journal, budgetStore: memoryBudgetStore(), close: async () => undefined };
  }
  const opened = sqliteJournal({ path: journal, clock });
  if (budgets.length === 0) return { journal: opened, budgetStore: memoryBudgetStore(), close: () => opened.close() };
  try {
    const budgetStore = sqliteBudgetStore({ path: journal });
    return {
      journal: opened,
      budgetStore,
      async close() {
        await budgetStore.close().finally(() => opened.close());
      },
    };
  } catch (error) {
    // Its lease would keep the process alive.
    await opened.close();
    throw error;
  }
}
