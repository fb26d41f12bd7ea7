import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestContext } from "@armature/contracts";
import { fakeContext } from "@armature/testkit";
import { HnswStore, type HnswStoreOptions } from "./hnsw-store.js";

const root = mkdtempSync(join(tmpdir(), "store-hnsw-"));
const opened: HnswStore[] = [];
let folders = 0;

export const acme = fakeContext({ tenant: "acme" });

/** A path at which nothing is yet. */
export const newFolder = () => join(root, String(folders++));

export const removeFolders = () => rmSync(root, { recursive: true, force: true });

export function open(options: HnswStoreOptions = {}): HnswStore {
  const store = new HnswStore(options);
  opened.push(store);
  return store;
}

export async function closeAll(): Promise<void> {
  for (const store of opened.splice(0)) await store.close();
}

export async function everything(store: HnswStore, context: RequestContext, text = "word") {
  return store.search({ text, limit: 1000 }, context);
}
