import { ArmatureError, type Guard } from "@armature/contracts";
import { describeGuard, fakeContext } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { createPiiGuard, type PiiGuardOptions, piiGuard } from "./pii-guard.js";

const samples = {
  caught: ["ada@lovelace.example", "+46 8 928 571 38", "4111 1111 1111 1111", "DE89370400440532013000", "219-09-9999"],
  clean: ["The meeting is at 10:30 on 2024-03-15.", "Total: 1,234.56 EUR for order 1234567890.", ""],
};

for (const action of ["redact", "block", "flag"] as const) {
  describe(`with action ${action}`, () => describeGuard(() => createPiiGuard({ action }), samples));
}

function check(guard: Guard, ...texts: string[]) {
  const parts = texts.map((text, index) => ({ path: [index], text }));
  return guard.check({ boundary: "input", parts, value: texts }, fakeContext());
}

describe("piiGuard", () => {
  it("names what it found by label and count, never by text", async () => {
    const verdict = await check(createPiiGuard(), "a@b.example, c@d.example", "call +1 541-714-1388");
    expect(verdict.action).toBe("redact");
    expect(verdict.reason).toBe("Personal data found: 2 EMAIL, 1 PHONE.");
    expect(verdict.findings.map(({ path, label, start, end }) => [path, label, start, end])).toEqual([
      [[0], "EMAIL", 0, 11],
      [[0], "EMAIL", 13, 24],
      [[1], "PHONE", 5, 20],
    ]);
  });

  it("takes an action only for the kinds that it is for", async () => {
    const guard = createPiiGuard({ action: "block", kinds: ["card"] });
    expect((await check(guard, "a@b.example")).action).toBe("allow");
    expect((await check(guard, "4111111111111111")).action).toBe("block");
  });

  it("stands where it is told to", () => {
    expect(createPiiGuard({ boundaries: ["persist"] }).boundaries).toEqual(["persist"]);
    expect(createPiiGuard().boundaries).toEqual(["input", "retrieval", "tool", "output"]);
  });

  it.each([{ action: "delete" }, { kinds: ["names"] }, { kinds: [] }, { boundaries: ["door"] }, { colour: "red" }])(
    "refuses the options %j",
    (options) => {
      expect(() => createPiiGuard(options as PiiGuardOptions)).toThrow();
      expect(piiGuard.definition.options?.safeParse(options).success).toBe(false);
    },
  );

  it("provides its guard through the registrar, with options left out", async () => {
    const provided: unknown[] = [];
    const options = piiGuard.definition.options?.parse(piiGuard().options);
    await piiGuard.definition.setup?.(
      {
        provide: (token, provider) => void provided.push(token.name, provider),
        get: () => {
          throw new ArmatureError("CONFIG_INVALID", "Nothing is required.");
        },
        getAll: () => [],
        onDispose: () => {},
      },
      options as never,
    );
    expect(provided).toEqual(["Guard", expect.objectContaining({ name: "guard-pii" })]);
  });
});
