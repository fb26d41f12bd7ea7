import { describe, expect, it } from "vitest";
import { definePrompt, type PromptDefinition } from "./define-prompt.js";

describe("definePrompt", () => {
  it("lists everything that is wrong at once", () => {
    const define = () =>
      definePrompt({
        name: "tri age",
        version: "2",
        messages: [
          { role: "tool", content: "Hi" },
          { role: "user", content: "{{#a}}\n{{/b}}" },
          { role: "user", content: "{{}} {{> none}}" },
        ],
        parameters: { temperature: 3 },
      } as unknown as PromptDefinition);
    expect(define).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(define).toThrow(
      [
        "prompt tri age@2: name: must consist of letters, digits, - and _",
        "prompt tri age@2: version: must be a semantic version such as 2.0.0",
        "prompt tri age@2: messages.0.role: must be one of system, user, assistant",
        "prompt tri age@2: parameters.temperature: Too big: expected number to be <=2",
        'prompt tri age@2, message 2:2: broken Mustache template: Unclosed section "a"',
        "prompt tri age@2, message 3:1: {{}}: is not a variable's name",
        "prompt tri age@2, message 3:1: none: there is no such partial; there are: none",
      ].join("\n"),
    );
  });

  it("keeps only the partials that are used", () => {
    const prompt = definePrompt({
      name: "p",
      version: "1.0.0",
      messages: [{ role: "user", content: "{{> a}}" }],
      partials: { a: "{{> b}}", b: "B", c: "C" },
    });
    expect(Object.keys(prompt.partials)).toEqual(["a", "b"]);
  });
});
