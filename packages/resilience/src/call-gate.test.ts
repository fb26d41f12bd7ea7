import type { Gate } from "@armature/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { call, provider, serve } from "./call.fixture.js";

afterEach(() => provider.close());

describe("callModel with a gate", () => {
  function recordingGate(maxOutputTokens = 100) {
    const seen: string[] = [];
    const gate: Gate = {
      async admit(plan) {
        seen.push(`admit ${plan.model}`);
        return { maxOutputTokens: Math.min(maxOutputTokens, plan.maxOutputTokens), heldMicroUsd: 9 };
      },
      async settle(_, { usage }) {
        seen.push(usage ? `settle ${usage.outputTokens}` : "settle all");
        return { microUsd: usage ? usage.outputTokens : 9, debtMicroUsd: 0 };
      },
    };
    return { gate, seen };
  }

  it("holds and settles every attempt, failed ones too", async () => {
    await serve({
      primary: (_, attempt) => [{ kind: "status", status: 500 } as const, { kind: "reset" } as const][attempt - 1],
    });
    const { gate, seen } = recordingGate();
    const { result } = await call({ services: { gate } });
    const used = result.attempts[2]?.usage?.outputTokens;
    expect(seen).toEqual([
      ...["admit primary", "settle 0"],
      ...["admit primary", "settle all"],
      ...["admit primary", `settle ${used}`],
    ]);
    expect(result.costs.map(({ microUsd }) => microUsd)).toEqual([0, 9, used]);
    expect(result.attempts.map(({ costMicroUsd }) => costMicroUsd)).toEqual([0, 9, used]);
  });
});
