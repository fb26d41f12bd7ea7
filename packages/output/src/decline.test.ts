import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseOutput } from "./parse-output.js";

const point = z.object({ a: z.int() });

describe("an answer without JSON", () => {
  it.each([
    "I'm sorry, but I can't help with that.",
    "I’m really sorry — this is something I cannot do.",
    "Sorry, I can't assist.",
    "**I cannot** provide that information.",
    "I must decline this request.",
    "As an AI language model, I do not have opinions.",
    "Unfortunately, the document cannot be shared.",
    "My apologies, that is not possible.",
    "This request violates our policies.",
    "Es tut mir leid, dabei kann ich nicht helfen.",
    "Je suis désolé, je ne peux pas répondre.",
    "Lo siento, no puedo ayudar con eso.",
    "抱歉，我无法回答。",
  ])("is a refusal: %s", (text) => {
    expect(parseOutput(text, point)).toMatchObject({ code: "OUTPUT_REFUSED", issues: [{ kind: "refusal" }] });
    expect(parseOutput(text, z.string())).toMatchObject({ code: "OUTPUT_REFUSED" });
  });

  it.each([
    "The answer is one.",
    "I can tell you that a is one.",
    "As an example, a may be one.",
    "Sorrywort is a plant.",
    "I think a is one.",
    "",
  ])("is invalid, to be asked for again: %s", (text) => {
    expect(parseOutput(text, point)).toMatchObject({ code: "OUTPUT_INVALID", issues: [{ kind: "no_json" }] });
  });

  it("is a value where its JSON fits, whatever else it says", () => {
    expect(parseOutput('I\'m sorry for the delay: {"a":1}', point)).toMatchObject({ status: "value" });
  });

  it("is cut where the provider says so", () => {
    expect(parseOutput("I'm sor", point, { finish: "length" })).toMatchObject({ code: "OUTPUT_TRUNCATED" });
  });

  it("is a refusal where the provider says so, whatever the text", () => {
    expect(parseOutput('{"a":1}', point, { finish: "content_filter" })).toMatchObject({ code: "OUTPUT_REFUSED" });
    expect(parseOutput('{"a":1}', point, { refusal: "No." })).toMatchObject({
      code: "OUTPUT_REFUSED",
      issues: [{ kind: "refusal", message: "No." }],
    });
  });
});
