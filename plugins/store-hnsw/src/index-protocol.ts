/** What the index thread is asked. `index` names one index of the thread; the name has no meaning there. */
export type IndexRequest =
  | { readonly op: "create"; readonly index: string; readonly dimensions: number }
  /** `vectors` holds one unit vector after the other, one for each label. Labels are new. */
  | { readonly op: "add"; readonly index: string; readonly labels: Uint32Array; readonly vectors: Float32Array }
  /** Takes every other vector out, so that nothing of it remains in memory or in the next file. */
  | { readonly op: "keep"; readonly index: string; readonly labels: Uint32Array }
  /** Nearest first, among `allowed` where it is given. */
  | {
      readonly op: "search";
      readonly index: string;
      readonly vector: Float32Array;
      readonly limit: number;
      readonly allowed?: Uint32Array;
    }
  /** Writes and syncs a new file; fails when there are not exactly `count` vectors to find. */
  | { readonly op: "save"; readonly index: string; readonly file: string; readonly count: number }
  /** Reads a file whose SHA-256 must be this and which must hold these labels; others are slots of deleted vectors. */
  | {
      readonly op: "load";
      readonly index: string;
      readonly file: string;
      readonly dimensions: number;
      readonly labels: Uint32Array;
      readonly sha256: string;
    }
  | { readonly op: "drop"; readonly index: string };

/** One hit: a label and its cosine similarity. */
export interface IndexHit {
  readonly label: number;
  readonly score: number;
}

export interface IndexReplies {
  create: undefined;
  add: undefined;
  keep: undefined;
  search: IndexHit[];
  /** SHA-256 of the file, hexadecimal. */
  save: string;
  load: undefined;
  drop: undefined;
}

export interface IndexMessage {
  readonly id: number;
  readonly request: IndexRequest;
}

export type IndexReply =
  | { readonly id: number; readonly ok: true; readonly value: IndexReplies[keyof IndexReplies] }
  | { readonly id: number; readonly ok: false; readonly message: string };
