import { describe, expect, it, vi } from "vitest";
import { ArmatureError, describeCause } from "./armature-error.js";

describe("ArmatureError", () => {
  it("is known across installed copies of the package", async () => {
    vi.resetModules();
    const copy = await import("./armature-error.js");
    expect(copy.ArmatureError).not.toBe(ArmatureError);
    const theirs = new copy.ArmatureError("CANCELLED", "Stopped.");
    expect(theirs).not.toBeInstanceOf(ArmatureError);
    expect(ArmatureError.isInstance(theirs)).toBe(true);
    expect(copy.ArmatureError.isInstance(new ArmatureError("CANCELLED", "Stopped."))).toBe(true);
  });

  it.each([new Error("x"), { code: "CANCELLED" }, "CANCELLED", null, undefined, 1])("is not %s", (value) => {
    expect(ArmatureError.isInstance(value)).toBe(false);
  });

  it("becomes a failure that is JSON, with the code's retryability and a reduced cause", () => {
    const cause = Object.assign(new TypeError("no route"), { secret: "sk-1" });
    const error = new ArmatureError("PROVIDER_UNAVAILABLE", "Every route failed.", {
      stage: "call",
      retryAfterMs: 50,
      cause,
    });
    expect(error.cause).toBe(cause);
    const failure = error.toFailure();
    expect(failure).toEqual({
      code: "PROVIDER_UNAVAILABLE",
      message: "Every route failed.",
      retryable: true,
      stage: "call",
      retryAfterMs: 50,
      cause: { name: "TypeError", message: "no route" },
    });
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  });

  it("lets a fact correct the code's retryability", () => {
    expect(new ArmatureError("OUTPUT_INVALID", "No.", { retryable: false }).toFailure().retryable).toBe(false);
  });

  it("loses its marker in a copy of its properties, so that plain data is no error", () => {
    const listed = Reflect.ownKeys({ ...new ArmatureError("CANCELLED", "Stopped.") });
    expect(listed.filter((key) => typeof key === "symbol")).toEqual([]);
  });
});

describe("describeCause", () => {
  it("reduces whatever was thrown to name and message", () => {
    expect(describeCause(undefined)).toBeUndefined();
    expect(describeCause(null)).toBeUndefined();
    expect(describeCause(new RangeError("far"))).toEqual({ name: "RangeError", message: "far" });
    expect(describeCause("text")).toEqual({ name: "string", message: "text" });
  });

  it.each([
    ["has no prototype", Object.create(null)],
    ["refuses to be a text", { toString: () => ({}) }],
    ["is an error whose message cannot be read", Object.defineProperty(new Error(), "message", { get: () => never() })],
  ])("says so where what was thrown %s", (_, thrown) => {
    expect(describeCause(thrown)).toEqual({ name: "object", message: expect.stringContaining("cannot be written") });
  });

  it("is JSON also for an error whose message is no text", () => {
    expect(describeCause(Object.assign(new Error(), { message: 1n }))).toEqual({ name: "Error", message: "1" });
  });
});

function never(): never {
  throw new Error("unreadable");
}
