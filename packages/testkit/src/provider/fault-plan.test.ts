import { expect, test } from "vitest";
import { readChatRequest } from "./chat-request.js";
import { faultPlan } from "./fault-plan.js";

const request = (text: string) => readChatRequest({ model: "m", messages: [{ role: "user", content: text }] })!;
const requests = Array.from({ length: 1_000 }, (_, index) => request(`question ${index}`));

test("breaks about the wanted share, with every kind", () => {
  const plan = faultPlan({ seed: 7, rate: 0.3, kinds: ["reset", { kind: "status", status: 429 }, "html_body"] });
  const kinds = requests.map((one) => plan(one, 1)?.kind).filter((kind) => kind !== undefined);
  expect(kinds.length).toBeGreaterThan(250);
  expect(kinds.length).toBeLessThan(350);
  for (const kind of ["reset", "status", "html_body"]) {
    expect(kinds.filter((one) => one === kind).length).toBeGreaterThan(60);
  }
});

test("depends on seed, request and repetition, not on the order of arrival", () => {
  const options = { seed: 7, rate: 0.5, kinds: ["reset", "no_answer"] as const };
  const [first, second] = [faultPlan(options), faultPlan(options)];
  const forwards = requests.map((one) => first(one, 1));
  const backwards = [...requests].reverse().map((one) => second(one, 1));
  expect(backwards.reverse()).toEqual(forwards);
  expect(requests.map((one) => first(one, 2))).not.toEqual(forwards);
  const other = faultPlan({ ...options, seed: 8 });
  expect(requests.map((one) => other(one, 1))).not.toEqual(forwards);
});
