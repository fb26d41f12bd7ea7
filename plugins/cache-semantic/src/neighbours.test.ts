import fc from "fast-check";
import { expect, test } from "vitest";
import { type Earlier, Neighbours } from "./neighbours.js";

const earlierOf = (hash: string, overrides: Partial<Earlier> = {}): Earlier => ({
  hash,
  text: `text of ${hash}`,
  user: undefined,
  thread: undefined,
  json: "{}",
  expiresAt: 1_000,
  ...overrides,
});

const unit = (...numbers: number[]) => {
  const length = Math.hypot(...numbers) || 1;
  return Float32Array.from(numbers, (number) => number / length);
};

test("agrees with a plain list of all that was put and removed", () => {
  const vector = fc.tuple(
    fc.integer({ min: -3, max: 3 }),
    fc.integer({ min: -3, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant("put" as const), hash: fc.integer({ min: 0, max: 30 }), vector }),
    fc.record({ kind: fc.constant("remove" as const), below: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant("ask" as const), vector, except: fc.integer({ min: 0, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const neighbours = new Neighbours(3, 100);
      const model = new Map<string, Float32Array>();
      for (const one of steps) {
        if (one.kind === "put") {
          model.set(`${one.hash}`, unit(...one.vector));
          neighbours.put(earlierOf(`${one.hash}`), unit(...one.vector));
        } else if (one.kind === "remove") {
          const going = [...model.keys()].filter((hash) => Number(hash) < one.below);
          for (const hash of going) model.delete(hash);
          expect(neighbours.remove(({ hash }) => Number(hash) < one.below)).toBe(going.length);
        } else {
          const asked = unit(...one.vector);
          const cosines = [...model]
            .filter(([hash]) => hash !== `${one.except}`)
            .map(([, own]) => own.reduce((sum, value, index) => sum + value * asked[index]!, 0));
          const found = neighbours.nearest(asked, "no such text", 0, `${one.except}`);
          expect(found === undefined).toBe(cosines.length === 0);
          if (found) expect(found.similarity).toBeCloseTo(Math.min(1, Math.max(...cosines)), 5);
        }
        expect(neighbours.size).toBe(model.size);
        for (const hash of model.keys()) expect(neighbours.equal(hash, 0)?.hash).toBe(hash);
      }
    }),
  );
});

test("drops the least recently used when it is full, and holds no more than that", () => {
  const neighbours = new Neighbours(2, 3);
  neighbours.put(earlierOf("a"), unit(1, 0));
  neighbours.put(earlierOf("b"), unit(0, 1));
  neighbours.put(earlierOf("c"), unit(1, 1));
  expect(neighbours.nearest(unit(1, 0.1), "", 0)?.earlier.hash).toBe("a");
  neighbours.equal("c", 0);
  neighbours.put(earlierOf("d"), unit(-1, 0));
  expect(neighbours.size).toBe(3);
  expect(neighbours.equal("b", 0)).toBeUndefined();
  expect(neighbours.nearest(unit(0, 1), "", 0)?.earlier.hash).toBe("c");
});

test("what has expired is no neighbour", () => {
  const neighbours = new Neighbours(2, 3);
  neighbours.put(earlierOf("a", { expiresAt: 10 }), unit(1, 0));
  neighbours.put(earlierOf("b", { expiresAt: 20 }), unit(0, 1));
  expect(neighbours.nearest(unit(1, 0), "", 10)?.earlier.hash).toBe("a");
  expect(neighbours.nearest(unit(1, 0), "", 11)?.earlier.hash).toBe("b");
  expect(neighbours.equal("a", 11)).toBeUndefined();
  expect(neighbours.nearest(unit(1, 0), "", 21)).toBeUndefined();
});

test("equal texts are at similarity 1, whatever rounding says", () => {
  const neighbours = new Neighbours(3, 3);
  neighbours.put(earlierOf("a", { text: "same" }), unit(0.1, 0.7, 0.3));
  expect(neighbours.nearest(unit(0.1, 0.7, 0.3), "same", 0)?.similarity).toBe(1);
});

test("counts every number of a vector, whatever its size", () => {
  for (let dimensions = 1; dimensions <= 9; dimensions++) {
    const own = unit(...Array.from({ length: dimensions }, (_, index) => index + 1));
    for (let place = 0; place < dimensions; place++) {
      const neighbours = new Neighbours(dimensions, 2);
      neighbours.put(earlierOf("a"), own);
      const asked = unit(...Array.from({ length: dimensions }, (_, index) => (index === place ? 1 : 0)));
      expect(neighbours.nearest(asked, "", 0)?.similarity).toBeCloseTo(own[place]!, 6);
    }
  }
});
