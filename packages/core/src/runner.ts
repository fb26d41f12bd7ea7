import type { RequestState } from "@armature/contracts";
import type { Services } from "./services.js";
import { applyPatch } from "./state.js";
import { step } from "./step.js";
import { END, type Table, type TableNode } from "./table.js";

/** Walks the table from its entry to its end. The runner of `app.run`, where nobody asks to see the stages. */
export async function walk(table: Table, initial: RequestState, services: Services): Promise<RequestState> {
  let state = initial;
  let name = entryOf(table, initial);
  while (name !== END) {
    state = applyPatch(state, await step(table, name, state, services), table.fields);
    name = (table.nodes[name] as TableNode).next(state);
  }
  return state;
}

/** Where a request begins: at once at its record, when it was refused before anything ran. */
export function entryOf(table: Table, state: RequestState): string {
  return state.failure ? "log" : table.entry;
}
