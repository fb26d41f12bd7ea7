import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelCapabilities } from "@armature/contracts";
import { createArmature, defineTask } from "@armature/core";
import { openai } from "@armature/plugin-model-openai";
import { startProvider } from "@armature/testkit";
import type { Responder } from "@armature/testkit/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { chatOpenAI } from "../overhead/chat-openai.js";
import { row } from "../overhead/row.js";

/** What a model writes on a bad day: nothing in it needs a guess. */
const UNTIDY = "{category: 'Billing', urgency: '4', summary: 'Charged twice.',}";
const VALUE = { category: "billing", urgency: 4, summary: "Charged twice." };

const respond: Responder = ({ body }) => {
  const [tool] = (body.tools ?? []) as { function: { name: string } }[];
  return tool ? { toolCalls: [{ name: tool.function.name, arguments: UNTIDY }] } : UNTIDY;
};

const task = defineTask({
  name: "triage",
  input: z.object({ email: z.string() }),
  output: row,
  prompt: "triage@1",
  models: ["one"],
  limits: { reasks: 0, retries: 0 },
});

let provider: Awaited<ReturnType<typeof startProvider>>;
let folder: string;
beforeEach(async () => {
  provider = await startProvider({ respond });
  folder = mkdtempSync(join(tmpdir(), "armature-forms-"));
});
afterEach(async () => {
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

async function askedBy(structuredOutput: ModelCapabilities["structuredOutput"]) {
  const model = openai({ model: "m", baseUrl: provider.url, capabilities: { structuredOutput, tools: true } });
  const prompts = fileURLToPath(new URL("../../prompts", import.meta.url));
  const app = await createArmature({
    models: { one: model },
    prompts,
    journal: join(folder, "forms.db"),
    tasks: [task],
  });
  try {
    return await app.run(task, { email: "I was charged twice." });
  } finally {
    await app.close();
  }
}

interface Sent {
  readonly response_format?: { readonly json_schema: { readonly name: string; readonly schema: object } };
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: object } }[];
  readonly tool_choice?: object;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const FORMS = {
  native: (sent: Sent) => sent.response_format?.json_schema.schema,
  tool: (sent: Sent) => sent.tools?.[0]?.function.parameters,
  prompt: (sent: Sent) => {
    const words = sent.messages.find(({ role, content }) => role === "system" && content.includes('{"type":"object"'));
    return words && JSON.parse(words.content.slice(words.content.indexOf("{")));
  },
} as const;

describe.each(["native", "tool", "prompt"] as const)("a schema asked for by %s", (form) => {
  test("is said in that form alone, and the answer is parsed by us, in one request", async () => {
    const outcome = await askedBy(form);
    expect(outcome).toMatchObject({ ok: true, value: VALUE });
    expect(provider.log).toHaveLength(1);
    const sent = provider.log[0]!.body as Sent;
    for (const [name, schemaIn] of Object.entries(FORMS)) {
      if (name === form) expect(schemaIn(sent)).toMatchObject({ required: ["category", "urgency", "summary"] });
      else expect(schemaIn(sent)).toBeUndefined();
    }
  });
});

describe.each(["jsonSchema", "functionCalling"] as const)("withStructuredOutput by %s", (method) => {
  test("takes the same answer for a failure", async () => {
    const model = chatOpenAI(provider.url, "gpt-4o").withStructuredOutput(row, { method });
    await expect(model.invoke("I was charged twice.")).rejects.toThrow();
  });
});
