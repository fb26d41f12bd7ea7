// The thread that owns the native indexes: adding and searching block whoever calls them, so nobody else does. It is
// JavaScript with checked types because a thread starts from a file that Node itself can run, also on the sources.
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import hnswlib from "hnswlib-node";

/** @import { HierarchicalNSW } from "hnswlib-node" */
/** @import { IndexHit, IndexMessage, IndexReply, IndexRequest } from "./index-protocol.js" */

// Links a node and width of the search while building and while asking: hnswlib's advice for a recall near one.
const M = 16;
const EF_CONSTRUCTION = 200;
const EF_SEARCH = 128;
const SEED = 100;
// Below this many candidates comparing with each is as quick as walking the graph, and exact.
const EXACT_BELOW = 1000;

/** @type {Map<string, HierarchicalNSW>} */
const indexes = new Map();

/** @param {string} name */
function get(name) {
  const index = indexes.get(name);
  if (!index) throw new Error("The index is not loaded.");
  return index;
}

/** Unit vectors in inner-product space: the distance is one minus the cosine. @param {number} dimensions */
function empty(dimensions) {
  const index = new hnswlib.HierarchicalNSW("ip", dimensions);
  index.initIndex(64, M, EF_CONSTRUCTION, SEED);
  index.setEf(EF_SEARCH);
  return index;
}

/** @param {HierarchicalNSW} index @param {number[]} vector @param {number} label */
function insert(index, vector, label) {
  if (index.getCurrentCount() === index.getMaxElements()) index.resizeIndex(index.getMaxElements() * 2);
  index.addPoint(vector, label);
}

/**
 * @param {HierarchicalNSW} index @param {number[]} vector @param {number} limit @param {Uint32Array} [allowed]
 * @returns {IndexHit[]}
 */
function search(index, vector, limit, allowed) {
  const candidates = allowed ? allowed.length : index.getCurrentCount();
  const wanted = Math.min(limit, candidates);
  if (wanted === 0) return [];
  if (candidates > EXACT_BELOW) {
    const set = allowed && new Set(allowed);
    index.setEf(Math.max(EF_SEARCH, wanted));
    const { distances, neighbors } = index.searchKnn(vector, wanted, set && ((label) => set.has(label)));
    // A filter can leave the walk with too few; then every candidate is compared instead.
    if (neighbors.length === wanted) return neighbors.map((label, i) => ({ label, score: 1 - (distances[i] ?? 1) }));
  }
  return compareAll(index, vector, wanted, allowed ?? index.getIdsList());
}

/**
 * @param {HierarchicalNSW} index @param {number[]} vector @param {number} limit @param {Iterable<number>} labels
 * @returns {IndexHit[]}
 */
function compareAll(index, vector, limit, labels) {
  const hits = Array.from(labels, (label) => {
    const point = index.getPoint(label);
    let score = 0;
    for (let i = 0; i < vector.length; i++) score += (vector[i] ?? 0) * (point[i] ?? 0);
    return { label, score };
  });
  return hits.sort((a, b) => b.score - a.score || a.label - b.label).slice(0, limit);
}

/** @param {string} file */
function checksum(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** @param {IndexRequest} request */
function answer(request) {
  switch (request.op) {
    case "create":
      indexes.set(request.index, empty(request.dimensions));
      return undefined;
    case "add": {
      const index = get(request.index);
      const size = index.getNumDimensions();
      request.labels.forEach((label, i) => {
        insert(index, Array.from(request.vectors.subarray(i * size, (i + 1) * size)), label);
      });
      return undefined;
    }
    case "keep": {
      const index = get(request.index);
      const kept = empty(index.getNumDimensions());
      for (const label of request.labels) insert(kept, index.getPoint(label), label);
      indexes.set(request.index, kept);
      return undefined;
    }
    case "search":
      return search(get(request.index), Array.from(request.vector), request.limit, request.allowed);
    case "save": {
      const index = get(request.index);
      const count = index.getCurrentCount();
      if (count !== request.count) throw new Error(`The index holds ${count} vectors instead of ${request.count}.`);
      index.writeIndexSync(request.file);
      const handle = openSync(request.file, "r");
      fsyncSync(handle);
      closeSync(handle);
      return checksum(request.file);
    }
    case "load": {
      // The checksum comes first: hnswlib trusts the sizes that a file states.
      if (checksum(request.file) !== request.sha256) throw new Error("The index file does not match its checksum.");
      const index = new hnswlib.HierarchicalNSW("ip", request.dimensions);
      index.readIndexSync(request.file);
      const count = index.getCurrentCount();
      if (count !== request.count)
        throw new Error(`The index file holds ${count} vectors instead of ${request.count}.`);
      index.setEf(EF_SEARCH);
      indexes.set(request.index, index);
      return undefined;
    }
    case "drop":
      indexes.delete(request.index);
      return undefined;
  }
}

parentPort?.on("message", (/** @type {IndexMessage} */ { id, request }) => {
  /** @type {IndexReply} */
  let reply;
  try {
    reply = { id, ok: true, value: answer(request) };
  } catch (error) {
    reply = { id, ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
