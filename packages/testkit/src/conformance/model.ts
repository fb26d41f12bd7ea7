import type { CallParameters, Model } from "@armature/contracts";
import { expect } from "vitest";
import { describePromises, type Make, type Promises } from "./suite.js";

const PARAMETERS: CallParameters = { maxOutputTokens: 64 };

/**
 * The tests that every model passes. `make` returns one that is wired to something which answers any question with some
 * words and their usage: `startProvider`, say.
 */
export function describeModel(make: Make<Model>): void {
  describePromises("Model", modelPromises, make);
}

export const modelPromises: Promises<Model> = {
  "names itself and its provider": async (make) => {
    const { name, provider } = await make();
    expect(name).toMatch(/\S/);
    expect(provider).toMatch(/^\S+$/);
  },

  "states capabilities that fit together": async (make) => {
    const { capabilities } = await make();
    const { contextTokens, maxOutputTokens, structuredOutput } = capabilities;
    for (const tokens of [contextTokens, maxOutputTokens]) expect(Number.isInteger(tokens) && tokens > 0).toBe(true);
    expect(maxOutputTokens).toBeLessThanOrEqual(contextTokens);
    expect(["native", "tool", "prompt"]).toContain(structuredOutput);
    if (structuredOutput === "tool") expect(capabilities.tools).toBe(true);
    for (const flag of ["tools", "vision", "streaming", "prefill"] as const) {
      expect(typeof capabilities[flag]).toBe("boolean");
    }
  },

  "answers with text and usage": async (make) => {
    const model = await make();
    const answer = await model.chat.invoke([{ role: "user", content: "Hello" }], model.callOptions(PARAMETERS));
    expect(answer.text).toMatch(/\S/);
    expect(answer.usage_metadata?.input_tokens).toBeGreaterThan(0);
    expect(answer.usage_metadata?.output_tokens).toBeGreaterThan(0);
  },

  "streams the same words, if it streams": async (make) => {
    const model = await make();
    if (!model.capabilities.streaming) return;
    let text = "";
    let usage = 0;
    for await (const chunk of await model.chat.stream(
      [{ role: "user", content: "Hello" }],
      model.callOptions(PARAMETERS),
    )) {
      text += chunk.text;
      usage += chunk.usage_metadata?.output_tokens ?? 0;
    }
    expect(text).toMatch(/\S/);
    expect(usage, "a stream reports its usage").toBeGreaterThan(0);
  },

  "ends at once when its signal aborts": async (make) => {
    const model = await make();
    const options = { ...model.callOptions(PARAMETERS), signal: AbortSignal.abort() };
    await expect(model.chat.invoke([{ role: "user", content: "Hello" }], options)).rejects.toThrow();
  },

  "says in its own options what parameters ask for": async (make) => {
    const model = await make();
    const bounded = JSON.stringify(model.callOptions({ maxOutputTokens: 77 }));
    expect(bounded, "the bound of the output is always sent").toContain("77");
    const asked = JSON.stringify(model.callOptions({ ...PARAMETERS, stop: ["<<halt>>"] }));
    expect(asked).toContain("<<halt>>");
    if (model.capabilities.structuredOutput !== "prompt") {
      const schema = { type: "object", properties: { capital_city: { type: "string" } }, required: ["capital_city"] };
      const shaped = JSON.stringify(model.callOptions({ ...PARAMETERS, responseSchema: { name: "row", schema } }));
      expect(shaped, "the schema is asked for as the capabilities say").toContain("capital_city");
    }
    if (!model.capabilities.tools) return;
    const tool = { name: "look_up", description: "Looks up.", parameters: { type: "object", properties: {} } };
    expect(JSON.stringify(model.callOptions({ ...PARAMETERS, tools: [tool] }))).toContain("look_up");
  },
};
