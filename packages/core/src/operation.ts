import {
  ArmatureError,
  type Document,
  type ErasureReceipt,
  type ErasureScope,
  type JsonValue,
} from "@armature/contracts";
import { definePrompt } from "@armature/prompts";
import { z } from "zod";
import { guardPersist } from "./guards.js";
import type { PreparedTask } from "./prepared-task.js";
import type { Services } from "./services.js";
import { log } from "./stages/log.js";
import type { Patch } from "./state.js";
import { END, type StageFunction, type Table } from "./table.js";
import { defineTask } from "./task.js";

/** What an application does with its plugins beside running tasks. It has a deadline, budgets, guards and a record too. */
export interface Operation {
  readonly task: PreparedTask;
  readonly table: Table;
}

/** Adds documents to a store; the outcome's value is their count. The record names their ids, not their texts. */
export function addDocuments(store: string, documents: readonly Document[]): Operation {
  return operation("documents-add", async (_, { runtime, context }) => {
    const found = runtime.stores.find(({ name }) => name === store);
    if (!found) {
      const known = runtime.stores.map(({ name }) => name).join(", ") || "none";
      throw new ArmatureError("CONFIG_INVALID", `There is no document store "${store}"; the stores are: ${known}.`);
    }
    await contained(store, () => found.add(documents, context));
    return accepted({ added: documents.length });
  });
}

/** Shows a value to the persist guards; the outcome's value is what they leave of it. */
export function checkPersist(value: JsonValue): Operation {
  return operation("persist", (_, services) => guardPersist(value, services));
}

/** Removes everything of a scope from memory, cache, stores and journal; the outcome's value is a receipt from each. */
export function erase(scope: ErasureScope): Operation {
  return operation("erase", async (_, services) => {
    const results = await Promise.allSettled(eraseAll(scope, services));
    const receipts = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) {
      const details = { receipts: receipts.map(({ from }) => from) };
      throw new ArmatureError("PLUGIN_FAILED", "Not everything of the scope was erased: erase it again.", {
        details,
        cause: failed.reason,
      });
    }
    return accepted(receipts as unknown as JsonValue);
  });
}

function eraseAll(scope: ErasureScope, { runtime, context }: Services): Promise<ErasureReceipt>[] {
  const { memory, cache, stores, journal } = runtime;
  // Documents belong to a tenant, not to one of its users or threads.
  const isTenant = scope.user === undefined && scope.thread === undefined;
  return [
    ...(memory ? [contained("memory", () => memory.forget(scope, context))] : []),
    ...(cache?.caches ?? []).map((one) => contained(one.name, () => one.erase(scope, context))),
    ...(isTenant ? stores.map((store) => contained(store.name, () => store.erase(context))) : []),
    journal.erase(scope),
  ];
}

async function contained<T>(plugin: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (ArmatureError.isInstance(cause)) throw cause;
    throw new ArmatureError("PLUGIN_FAILED", `"${plugin}" failed.`, { plugin, cause });
  }
}

function accepted(json: JsonValue): Patch {
  return { candidate: { json } };
}

function operation(name: string, run: StageFunction): Operation {
  const prompt = definePrompt({ name, version: "1.0.0", messages: [{ role: "user", content: "-" }] });
  const task = defineTask({
    name,
    input: z.unknown(),
    output: z.unknown(),
    prompt,
    models: ["-"],
  });
  return {
    task: { task, prompt, promptFields: [], placesMemories: false, promptHash: "", hash: "", tools: [], toolSpecs: [] },
    table: {
      entry: "run",
      fields: {},
      placed: [],
      nodes: {
        run: { run, foreign: false, next: () => "log", leadsTo: ["log"] },
        log: { run: log, foreign: false, next: () => END, leadsTo: [END] },
      },
    },
  };
}
