import { virtualClock } from "@armature/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callModel } from "./call.js";
import type { CallEvent } from "./call-event.js";
import type { CallPlan, Rung } from "./call-plan.js";
import { LiveDelivery } from "./live-delivery.js";
import { planOf, type Script, scripted, servicesOn, settled } from "./scripted.fixture.js";

const CUT: Script = { tokens: ["one ", "two "], error: new Error("terminated") };

const clock = virtualClock();

async function live(ladder: readonly Rung[], changes: Partial<CallPlan> = {}) {
  const events: CallEvent[] = [];
  const plan = planOf(ladder, { delivery: "live", on: (event) => void events.push(event), ...changes });
  const once = { ...plan.policy, retries: 0 };
  const result = await settled(clock, callModel({ ...plan, policy: once }, servicesOn(clock)));
  let text = "";
  for (const event of events) {
    if (event.type === "restart") text = "";
    if (event.type === "delta") text += event.text;
  }
  return { result, events, text, order: events.map(({ type }) => type).join(" ") };
}

describe("live delivery", () => {
  it("passes on what comes, and only then", async () => {
    const { result, text, order } = await live([scripted(clock, "a", () => ({ tokens: ["one ", "two"] }))]);
    expect(result.ok && result.answer.text).toBe("one two");
    expect(text).toBe("one two");
    expect(order).toBe("attempt delta delta attempt-ended");
  });

  it("lets the next model continue where it can", async () => {
    const next = scripted(clock, "b", () => ({ tokens: [" three", " four"] }), { prefill: true });
    const { result, text, events } = await live([scripted(clock, "a", () => CUT), next]);
    expect(text).toBe("one two three four");
    expect(result.ok && result.answer.text).toBe("one two three four");
    expect(next.seen[0]?.at(-1)?.text).toBe("one two");
    expect(next.seen[0]?.at(-1)?.getType()).toBe("ai");
    expect(events.some(({ type }) => type === "restart")).toBe(false);
    expect(result.attempts.map(({ answer }) => answer?.text)).toEqual(["one two ", "one two three four"]);
  });

  it("asks anew where the model refuses to continue, and goes on where the answer agrees", async () => {
    const refusal = Object.assign(new Error("no assistant message at the end"), { status: 400 });
    const next = scripted(
      clock,
      "b",
      (_, messages) => (messages.length > 1 ? { tokens: [], error: refusal } : { tokens: ["one tw", "o three"] }),
      { prefill: true },
    );
    const { result, text, order } = await live([scripted(clock, "a", () => CUT), next]);
    expect(text).toBe("one two three");
    expect(result.ok && result.answer.text).toBe("one two three");
    expect(result.attempts.map(({ fault }) => fault?.kind)).toEqual(["cut_stream", "prefill_refused", undefined]);
    expect(order).not.toContain("restart");
  });

  it("asks anew where the model has nothing to add to what may be the whole answer", async () => {
    const next = scripted(
      clock,
      "b",
      (_, messages) => ({ tokens: messages.length > 1 ? [] : ["one two"], afterMs: 1 }),
      { prefill: true },
    );
    const { result, text, order } = await live([scripted(clock, "a", () => CUT), next], { mayRestart: true });
    expect(text).toBe("one two");
    expect(result.ok && result.answer.text).toBe("one two");
    expect(result.attempts.map(({ fault }) => fault?.kind)).toEqual(["cut_stream", "prefill_refused", undefined]);
    expect(order).toContain("restart");
  });

  it.each([
    ["other words", ["something ", "else"]],
    ["less text", ["one"]],
    ["no text", []],
  ])("ends in a typed failure where the new answer has %s", async (_, tokens) => {
    const other = scripted(clock, "b", () => ({ tokens: [...tokens], afterMs: 1 }));
    const { result, text } = await live([scripted(clock, "a", () => CUT), other]);
    expect(result).toMatchObject({
      ok: false,
      failure: { code: "PROVIDER_UNAVAILABLE", details: { deliveredChars: 8 } },
    });
    expect(text).toBe("one two ");
    expect(result.attempts).toHaveLength(2);
  });

  it("says so before it replaces anything, for a listener that understands", async () => {
    const other = scripted(clock, "b", () => ({ tokens: ["one ", "more"] }));
    const { result, text, order, events } = await live([scripted(clock, "a", () => CUT), other], { mayRestart: true });
    expect(result.ok && result.answer.text).toBe("one more");
    expect(text).toBe("one more");
    expect(order).toBe("attempt delta delta attempt-ended attempt restart delta attempt-ended");
    expect(events.find(({ type }) => type === "restart")).toMatchObject({ reason: "cut_stream" });
  });

  it("passes on the whole of an answer that cannot come as a stream", async () => {
    const whole = scripted(clock, "b", () => ({ tokens: ["one two three"] }), { streaming: false });
    const { text, result } = await live([scripted(clock, "a", () => CUT), whole]);
    expect(result.ok && result.answer.text).toBe("one two three");
    expect(text).toBe("one two three");
  });
});

describe("LiveText that begins anew", () => {
  function heardBy(mayRestart: boolean) {
    const heard: string[] = [];
    const delivery = new LiveDelivery({
      mayRestart,
      on: (event) => void heard.push(event.type === "delta" ? event.text : event.type),
    });
    return { heard, delivery };
  }

  it("withdraws what it has passed on, and only that", () => {
    const { heard, delivery } = heardBy(true);
    const first = delivery.open("1", undefined);
    expect([first.push("Well: "), first.beginAnew(), first.push("{")]).toEqual([true, true, true]);
    expect(heard).toEqual(["Well: ", "restart", "{"]);
    const second = delivery.open("2", undefined);
    expect([second.beginAnew(), second.push("{}"), second.finish()]).toEqual([true, true, true]);
    expect(heard.slice(3)).toEqual(["}"]);
  });

  it("may not where the listener understands no restart", () => {
    const { heard, delivery } = heardBy(false);
    const text = delivery.open("1", undefined);
    text.push("Well: ");
    expect(text.beginAnew()).toBe(false);
    expect(heard).toEqual(["Well: "]);
  });
});

describe("LiveDelivery", () => {
  const pieces = fc.array(fc.string({ maxLength: 4, unit: fc.constantFrom("a", "b", " ") }), { maxLength: 6 });
  const attempts = fc.array(fc.record({ pieces, continues: fc.boolean() }), { minLength: 1, maxLength: 4 });

  it("never lets the listener hold a text that no answer stands behind", () => {
    fc.assert(
      fc.property(attempts, fc.boolean(), (history, mayRestart) => {
        let heard = "";
        const delivery = new LiveDelivery({
          mayRestart,
          on(event) {
            if (event.type === "delta") heard += event.text;
            if (event.type === "restart") heard = "";
          },
        });
        for (const [index, { pieces, continues }] of history.entries()) {
          const before = heard;
          const text = delivery.open(`${index}`, delivery.prefillFor(0, continues));
          const agreed = pieces.every((piece) => text.push(piece)) && text.finish();
          expect(delivery.sent).toBe(heard);
          if (agreed) expect(text.whole(pieces.join(""))).toBe(heard);
          if (!mayRestart) expect(heard.startsWith(before)).toBe(true);
          else expect(agreed).toBe(true);
        }
      }),
    );
  });
});
