export { hnswStore } from "./hnsw-plugin.js";
export { HnswStore, type HnswStoreOptions } from "./hnsw-store.js";
