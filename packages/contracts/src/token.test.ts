import { describe, expect, expectTypeOf, it } from "vitest";
import { Clock, DocumentStore, Guard, Memory, Model, RecordSink, Router, Tool } from "./index.js";
import { many, misfitOf, single, type Token } from "./token.js";

describe("tokens", () => {
  it("say how many providers they may have", () => {
    expect([Memory, Router, Clock].map(({ arity }) => arity)).toEqual(["single", "single", "single"]);
    expect([DocumentStore, Guard, Tool, Model, RecordSink].map(({ arity }) => arity)).toEqual(Array(5).fill("many"));
  });

  it("mean the same contract in two installed copies, and different contracts by name", () => {
    expect(single("Memory").key).toBe(Memory.key);
    expect(many("Guard").key).toBe(Guard.key);
    expect(Memory.key).not.toBe(Router.key);
    expect(Symbol.keyFor(Guard.key)).toBe("armature.Guard");
  });

  it("say what an instance lacks to be their provider", () => {
    const route = () => Promise.reject(new Error("unused"));
    expect(misfitOf(Router, { name: "mine", route })).toBeUndefined();
    expect(misfitOf(Router, "mine")).toBe("is no Router but string");
    expect(misfitOf(Router, null)).toBe("is no Router but null");
    expect(misfitOf(Router, { name: "mine" })).toBe("is no Router: its route is undefined and not function");
    // A method may stand on the class.
    expect(
      misfitOf(
        Clock,
        new (class {
          now() {
            return 0;
          }
          after() {
            return () => {};
          }
        })(),
      ),
    ).toBeUndefined();
    expect(misfitOf(single("Mine"), {})).toBeUndefined();
    // @ts-expect-error a router has no such member
    single<Router>("Router", { rout: "function" });
  });

  it("carry their contract's type", () => {
    expectTypeOf(Guard).toEqualTypeOf<Token<Guard, "many">>();
    expectTypeOf(Memory).toEqualTypeOf<Token<Memory, "single">>();
    expectTypeOf(Memory).not.toExtend<Token<Memory, "many">>();
  });
});
