import { describe, expect, it } from "vitest";
import { WriterQueue } from "./writer-queue.js";

describe("WriterQueue", () => {
  it("runs one write at a time, in order, and commits what waits together", async () => {
    const log: string[] = [];
    const queue = new WriterQueue(
      async () => void log.push("commit"),
      async () => void log.push("rollback"),
    );
    const write = (name: string) =>
      queue.run(async () => {
        log.push(`${name} in`);
        await Promise.resolve();
        log.push(`${name} out`);
        return name;
      });
    expect(await Promise.all([write("a"), write("b"), write("c")])).toEqual(["a", "b", "c"]);
    expect(log).toEqual(["a in", "a out", "commit", "b in", "b out", "c in", "c out", "commit"]);
  });

  it("lets one write fail alone", async () => {
    const queue = new WriterQueue(
      async () => {},
      async () => {},
    );
    const failing = queue.run(() => Promise.reject(new Error("no")));
    await expect(Promise.allSettled([failing, queue.run(async () => 1)])).resolves.toEqual([
      { status: "rejected", reason: new Error("no") },
      { status: "fulfilled", value: 1 },
    ]);
  });

  it("tells every writer of the group when the commit fails, after the rollback", async () => {
    let isRolledBack = false;
    const queue = new WriterQueue(
      () => Promise.reject(new Error("disk full")),
      async () => {
        isRolledBack = true;
      },
    );
    await expect(queue.run(async () => 1)).rejects.toThrow("disk full");
    expect(isRolledBack).toBe(true);
  });
});
