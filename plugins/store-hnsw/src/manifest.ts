import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArmatureError, type MeteredEmbedder } from "@armature/contracts";
import { z } from "zod";

const file = z.object({ name: z.string().regex(/^[a-z]+-\d+\.[a-z]+$/), sha256: z.string() });

const schema = z.object({
  version: z.literal(1),
  /** The exact name of the namespace; null for the one without a tenant. */
  tenant: z.string().nullable(),
  embedder: z.string(),
  dimensions: z.int().positive(),
  space: z.literal("cosine"),
  /** Counts the snapshots of this namespace. */
  generation: z.int().positive(),
  documents: z.int().nonnegative(),
  passages: z.int().nonnegative(),
  nextLabel: z.int().nonnegative(),
  files: z.object({ index: file, documents: file }),
});

/** What a snapshot consists of. It is written last, so that what it names is whole. */
export type Manifest = z.output<typeof schema>;

export const MANIFEST = "manifest.json";

/** The folder's name for a tenant: a hash, since a tenant's name may hold anything that a file's name may not. */
export function folderName(tenant: string | null): string {
  return createHash("sha256").update(JSON.stringify(tenant)).digest("hex").slice(0, 40);
}

/** Undefined where there is no snapshot; `RETRIEVAL_FAILED` where there is something unreadable. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(path, error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Says why vectors of this snapshot cannot be compared with those of the embedder; undefined when they can. */
export function mismatch(manifest: Manifest, embedder: Pick<MeteredEmbedder, "id" | "dimensions">): string | undefined {
  if (manifest.embedder === embedder.id && manifest.dimensions === embedder.dimensions) return undefined;
  return (
    `it was built with the embedder "${manifest.embedder}" (${manifest.dimensions} dimensions), ` +
    `the application has "${embedder.id}" (${embedder.dimensions})`
  );
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

export function unreadable(path: string, cause: unknown): ArmatureError {
  return new ArmatureError(
    "RETRIEVAL_FAILED",
    `store-hnsw cannot read ${path}. Restore it from a backup, or erase the tenant and add its documents again.`,
    { plugin: "store-hnsw", cause },
  );
}
