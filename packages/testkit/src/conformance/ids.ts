import type { Ids } from "@armature/contracts";
import { expect } from "vitest";
import { describePromises, type Make, type Promises } from "./suite.js";

/** The tests that every source of ids passes. */
export function describeIds(make: Make<Ids>): void {
  describePromises("Ids", idsPromises, make);
}

export const idsPromises: Promises<Ids> = {
  "makes no id twice": async (make) => {
    const ids = draw(await make(), 10_000);
    expect(new Set(ids).size).toBe(ids.length);
  },

  "makes ids that sort by creation": async (make) => {
    const ids = draw(await make(), 10_000);
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ""))).toBe(true);
  },

  "makes ids that may stand in paths, URLs and headers": async (make) => {
    for (const id of draw(await make(), 100)) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  },
};

function draw(ids: Ids, count: number): string[] {
  return Array.from({ length: count }, () => ids.next());
}
