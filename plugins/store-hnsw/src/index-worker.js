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
const EF_CONSTRUCTION = 100;
const EF_SEARCH = 128;
const SEED = 100;
// Below this many candidates comparing with each is as quick as walking the graph, and exact.
const EXACT_BELOW = 1000;

/**
 * One index. `dead` are the labels whose slots hold no vector of their own any more; `points` are vectors that were read
 * back, since reading one out of the addon costs more than comparing with it.
 * @typedef {{ graph: HierarchicalNSW, dead: Set<number>, points: Map<number, Float32Array> }} Index
 */

/** @type {Map<string, Index>} */
const indexes = new Map();

/** @param {string} name */
function get(name) {
  const index = indexes.get(name);
  if (!index) throw new Error("The index is not loaded.");
  return index;
}

/** Unit vectors in inner-product space: the distance is one minus the cosine. @param {number} dimensions @returns {Index} */
function empty(dimensions) {
  const graph = new hnswlib.HierarchicalNSW("ip", dimensions);
  graph.initIndex(64, M, EF_CONSTRUCTION, SEED);
  graph.setEf(EF_SEARCH);
  return { graph, dead: new Set(), points: new Map() };
}

/** @param {Index} index */
function liveCount({ graph, dead }) {
  return graph.getCurrentCount() - dead.size;
}

/** @param {Index} index */
function liveLabels({ graph, dead }) {
  return graph.getIdsList().filter((label) => !dead.has(label));
}

/** @param {Index} index @param {number[]} vector @param {number} label */
function insert({ graph }, vector, label) {
  if (graph.getCurrentCount() === graph.getMaxElements()) graph.resizeIndex(graph.getMaxElements() * 2);
  graph.addPoint(vector, label);
}

/**
 * Marking alone would leave a deleted vector in memory and on disk, and building anew for each one is slow. So its slot
 * is overwritten with its nearest neighbour's vector, which keeps the graph walkable, and then marked; when the dead
 * outnumber the living, the index is built anew.
 * @param {Index} index @param {Uint32Array} kept @returns {Index}
 */
function keepOnly(index, kept) {
  const { graph, dead, points } = index;
  const set = new Set(kept);
  const removed = liveLabels(index).filter((label) => !set.has(label));
  if (dead.size + removed.length > set.size) return rebuild(index, kept);
  for (const label of removed) {
    const [neighbour] = graph.searchKnn(graph.getPoint(label), 1, (other) => set.has(other)).neighbors;
    if (neighbour === undefined) return rebuild(index, kept);
    graph.addPoint(graph.getPoint(neighbour), label);
    graph.markDelete(label);
    dead.add(label);
    points.delete(label);
  }
  return index;
}

/** @param {Index} index @param {Uint32Array} kept */
function rebuild({ graph }, kept) {
  const rebuilt = empty(graph.getNumDimensions());
  for (const label of kept) insert(rebuilt, graph.getPoint(label), label);
  return rebuilt;
}

/**
 * @param {Index} index @param {number[]} vector @param {number} limit @param {Uint32Array} [allowed]
 * @returns {IndexHit[]}
 */
function search(index, vector, limit, allowed) {
  const candidates = allowed ? allowed.length : liveCount(index);
  const wanted = Math.min(limit, candidates);
  if (wanted === 0) return [];
  if (candidates > EXACT_BELOW) {
    const set = allowed && new Set(allowed);
    index.graph.setEf(Math.max(EF_SEARCH, wanted));
    const { distances, neighbors } = index.graph.searchKnn(vector, wanted, set && ((label) => set.has(label)));
    // A filter can leave the walk with too few; then every candidate is compared instead.
    if (neighbors.length === wanted) return neighbors.map((label, i) => ({ label, score: 1 - (distances[i] ?? 1) }));
  }
  return compareAll(index, vector, wanted, allowed ?? liveLabels(index));
}

/**
 * @param {Index} index @param {number[]} vector @param {number} limit @param {Iterable<number>} labels
 * @returns {IndexHit[]}
 */
function compareAll({ graph, points }, vector, limit, labels) {
  const hits = Array.from(labels, (label) => {
    const point = points.get(label) ?? Float32Array.from(graph.getPoint(label));
    points.set(label, point);
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
      const size = index.graph.getNumDimensions();
      request.labels.forEach((label, i) => {
        insert(index, Array.from(request.vectors.subarray(i * size, (i + 1) * size)), label);
      });
      return undefined;
    }
    case "keep":
      indexes.set(request.index, keepOnly(get(request.index), request.labels));
      return undefined;
    case "search":
      return search(get(request.index), Array.from(request.vector), request.limit, request.allowed);
    case "save": {
      const index = get(request.index);
      const count = liveCount(index);
      if (count !== request.count) throw new Error(`The index holds ${count} vectors instead of ${request.count}.`);
      index.graph.writeIndexSync(request.file);
      const handle = openSync(request.file, "r");
      fsyncSync(handle);
      closeSync(handle);
      return checksum(request.file);
    }
    case "load": {
      // The checksum comes first: hnswlib trusts the sizes that a file states.
      if (checksum(request.file) !== request.sha256) throw new Error("The index file does not match its checksum.");
      const graph = new hnswlib.HierarchicalNSW("ip", request.dimensions);
      graph.readIndexSync(request.file);
      graph.setEf(EF_SEARCH);
      const dead = new Set(graph.getIdsList());
      for (const label of request.labels) if (!dead.delete(label)) throw new Error("The index file lacks a passage.");
      indexes.set(request.index, { graph, dead, points: new Map() });
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
