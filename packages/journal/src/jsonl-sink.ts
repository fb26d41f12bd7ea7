import { appendFile } from "node:fs/promises";
import type { RecordSink } from "@armature/contracts";

/**
 * Appends every record to a file, one JSON line each, in the order in which they came. Records that come while a write
 * runs go into the next one together. The file is made when missing, its folder is not.
 */
export function jsonlSink(path: string): RecordSink {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function flush(): Promise<void> {
    next = undefined;
    const lines = waiting;
    waiting = [];
    return appendFile(path, lines.join(""), "utf8");
  }

  return {
    name: "jsonl",
    write(record) {
      waiting.push(`${JSON.stringify(record)}\n`);
      if (!next) {
        next = last.then(flush);
        // A write that fails fails for those who asked for it, not for those who come after.
        last = next.catch(() => undefined);
      }
      return next;
    },
  };
}
