import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArmatureError } from "@armature/contracts";
import { Catalog, type StoredDocument } from "./catalog.js";
import type { IndexThread } from "./index-thread.js";
import { isMissing, MANIFEST, type Manifest, readManifest, unreadable } from "./manifest.js";

/** What a snapshot is made of, besides the index that the thread holds. */
type SnapshotFacts = Pick<Manifest, "tenant" | "embedder" | "dimensions"> & {
  /** The generation that this one follows, 0 for none. */
  readonly follows: number;
  readonly catalog: Catalog;
};

/**
 * Writes a new generation beside the present one and then makes it the present one by renaming the manifest. A kill at
 * any moment leaves one of the two whole. Resolves the new generation.
 */
export async function writeSnapshot(
  folder: string,
  thread: IndexThread,
  index: string,
  { follows, catalog, ...identity }: SnapshotFacts,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const present = (await readManifest(folder))?.generation ?? 0;
  if (present !== follows) throw writtenByAnother(folder);
  const generation = follows + 1;
  const indexFile = `index-${generation}.bin`;
  const sha256 = await thread.ask({
    op: "save",
    index,
    file: join(folder, indexFile),
    count: catalog.passageCount,
  });
  const text = JSON.stringify(catalog.documents);
  const documentsFile = `documents-${generation}.json`;
  await writeDurably(join(folder, documentsFile), text);
  const manifest: Manifest = {
    version: 1,
    ...identity,
    space: "cosine",
    generation,
    documents: catalog.documents.length,
    passages: catalog.passageCount,
    nextLabel: catalog.nextLabel,
    files: { index: { name: indexFile, sha256 }, documents: { name: documentsFile, sha256: hash(text) } },
  };
  await writeDurably(join(folder, `${MANIFEST}.new`), JSON.stringify(manifest, null, 2));
  await syncFolder(folder);
  await rename(join(folder, `${MANIFEST}.new`), join(folder, MANIFEST));
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  await removeLeftovers(folder, manifest);
  return generation;
}

/** Reads what the manifest names; the thread then holds the index. `RETRIEVAL_FAILED` where a file is not as written. */
export async function readSnapshot(folder: string, thread: IndexThread, index: string, manifest: Manifest) {
  const { files, dimensions } = manifest;
  const path = join(folder, files.documents.name);
  let catalog: Catalog;
  try {
    const text = await readFile(path, "utf8");
    if (hash(text) !== files.documents.sha256) throw new Error("The documents do not match their checksum.");
    catalog = new Catalog(JSON.parse(text) as StoredDocument[], manifest.nextLabel);
  } catch (error) {
    throw unreadable(path, error);
  }
  const file = join(folder, files.index.name);
  try {
    const labels = catalog.labels();
    await thread.ask({ op: "load", index, file, dimensions, labels, sha256: files.index.sha256 });
  } catch (error) {
    throw unreadable(file, error);
  }
  return catalog;
}

/** Removes a namespace's files, the manifest first: what is interrupted is never taken for a snapshot again. */
export async function removeSnapshot(folder: string): Promise<void> {
  await rm(join(folder, MANIFEST), { force: true });
  await rm(folder, { recursive: true, force: true });
  await syncFolder(dirname(folder));
}

/** Removes what a killed process left behind: older generations, which still hold deleted vectors, and half a newer. */
export async function removeLeftovers(folder: string, { files }: Manifest): Promise<void> {
  const present = new Set([MANIFEST, files.index.name, files.documents.name]);
  for (const name of await readdir(folder)) {
    if (!present.has(name)) await rm(join(folder, name), { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames and removals in the folder last. Windows has no such thing and refuses to open a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function writtenByAnother(folder: string): ArmatureError {
  return new ArmatureError(
    "RETRIEVAL_FAILED",
    `store-hnsw did not write ${folder}: another process has written it since. Let one process own the folder.`,
    { plugin: "store-hnsw" },
  );
}
