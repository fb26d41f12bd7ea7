import { describe, expect, it } from "vitest";
import { definePrompt, type PromptDefinition } from "./define-prompt.js";
import { frameVariables } from "./frame-variables.js";
import { render } from "./render.js";
import { stablePrefix } from "./stable-sections.js";

const write = (messages: PromptDefinition["messages"], more: Partial<PromptDefinition> = {}) =>
  definePrompt({ name: "p", version: "1.0.0", messages, ...more });
const system = { role: "system", content: "Rules {{schema}}" } as const;
const user = { role: "user", content: "<!-- varying -->\n{{email}}" } as const;
const examples = [{ input: { email: "Hi" }, output: { category: "bug" } }];

describe("the mark of what varies", () => {
  it("is not sent, and says how many messages are equal in every request", () => {
    const prompt = write([system, user]);
    expect(render(prompt, frameVariables({ email: "E" }, { schema: {} }))).toEqual([
      { role: "system", content: "Rules {}" },
      { role: "user", content: "E" },
    ]);
    expect(stablePrefix(prompt)).toEqual({ messages: 1, parts: 0 });
    expect(stablePrefix(write([system]))).toBeUndefined();
  });

  it("splits a message into two parts that read as one text", () => {
    const prompt = write([
      { role: "system", content: "Rules\n<!-- varying -->\nToday: {{day}}" },
      { role: "user", content: "{{email}}" },
    ]);
    expect(render(prompt, { day: "Monday", email: "E" })[0]).toEqual({
      role: "system",
      content: [
        { type: "text", text: "Rules\n" },
        { type: "text", text: "Today: Monday" },
      ],
    });
    expect(stablePrefix(prompt)).toEqual({ messages: 0, parts: 1 });
  });

  it("counts examples, which never vary", () => {
    expect(stablePrefix(write([system, user], { examples }))).toEqual({ messages: 3, parts: 0 });
    const split = write([system, { role: "user", content: "Sort this:\n<!-- varying -->\n{{email}}" }], { examples });
    expect(stablePrefix(split)).toEqual({ messages: 3, parts: 1 });
    const early = write(
      [
        { role: "system", content: "<!-- varying -->\n{{day}}" },
        { role: "user", content: "x" },
      ],
      { examples },
    );
    expect(stablePrefix(early)).toEqual({ messages: 0, parts: 0 });
  });

  it("is exactly the part that two requests have in common", () => {
    const prompt = write([system, { role: "user", content: "Sort:\n<!-- varying -->\n{{email}}" }], { examples });
    const [a, b] = ["A", "B"].map((email) => render(prompt, frameVariables({ email }, { schema: {} })));
    const { messages, parts } = stablePrefix(prompt)!;
    expect(a!.slice(0, messages)).toEqual(b!.slice(0, messages));
    expect(a![messages]!.content.slice(0, parts)).toEqual(b![messages]!.content.slice(0, parts));
    expect(a![messages]!.content[parts]).not.toEqual(b![messages]!.content[parts]);
  });

  it.each([
    ["a variable in front of it", "{{email}}\n<!-- varying -->\nx", /email: changes with every request/],
    ["a partial's variable in front of it", "{{> p}}\n<!-- varying -->\nx", /day: changes with every request/],
    ["a second one", "a\n<!-- varying -->\nb\n<!-- varying -->\nc", /there is one such mark already/],
    ["a section around it", "{{#list}}\n<!-- varying -->\n{{/list}}", /broken Mustache template/],
  ])("refuses %s", (_what, content, message) => {
    expect(() => write([{ role: "user", content }], { partials: { p: "{{day}}" } })).toThrow(message);
  });
});
