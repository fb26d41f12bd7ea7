import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Model } from "@armature/contracts";
import { createArmature, defineTask } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { describeModel, messageText, type Provider, type Responder, startProvider } from "@armature/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { answer } from "../app.fixture.js";
import { cassette, type ModelCassetteOptions } from "./cassette.js";
import { judgeCassette } from "./judge-cassette.js";

let folder: string;
let file: string;
let provider: Provider | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cassette-"));
  file = join(folder, "cassettes", "fast.jsonl");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await provider?.close();
  provider = undefined;
  rmSync(folder, { recursive: true });
});

async function modelOf(respond: Responder = () => '{"answer": 7}'): Promise<Model> {
  provider ??= await startProvider({ respond });
  return openai({ model: "gpt-4.1-mini", apiKey: "test", baseUrl: provider.url });
}

/** Runs one request of an application whose model is a cassette around `model`. */
async function run(model: Model, question: string, options: Partial<ModelCassetteOptions> = {}, task = answer) {
  const app = await createArmature({
    models: { fast: cassette(model, { file, ...options }) },
    journal: memoryJournal(),
  });
  const outcome = await app.run(task, { question });
  await app.close();
  return outcome;
}

describe("a cassette around a model", () => {
  it("asks once, and from then on answers without a provider, with what the answer cost", async () => {
    const first = await run(await modelOf(), "How many?");
    expect(first).toMatchObject({ ok: true, value: { answer: 7 } });
    const nowhere = openai({ model: "gpt-4.1-mini", apiKey: "test", baseUrl: "http://127.0.0.1:9/v1" });
    const again = await run(nowhere, "How many?");
    expect(again).toMatchObject({ ok: true, value: { answer: 7 }, costMicroUsd: first.costMicroUsd });
    expect(again.usage).toEqual(first.usage);
    expect(again.attempts[0]?.answer).toEqual(first.attempts[0]?.answer);
    expect(provider!.log).toHaveLength(1);
  });

  it("ends a request that it has not heard in CONFIG_INVALID, with the nearest one's difference", async () => {
    const model = await modelOf();
    await run(model, "How many?", { mode: "record" });
    const { attempts, ...refused } = await run(model, "How few?");
    expect(refused).toMatchObject({ ok: false, failure: { code: "CONFIG_INVALID" } });
    expect(JSON.stringify(refused)).toContain("has no answer of gpt-4.1-mini to this request");
    expect(JSON.stringify(refused)).toContain("- Answer: How many?\\n  + Answer: How few?");
    expect(attempts).toHaveLength(1);
    expect(provider!.log).toHaveLength(1);
  });

  it("takes another output bound, and another schema, for another request", async () => {
    const model = await modelOf();
    await run(model, "How many?", { mode: "record" });
    const bounded = defineTask({ ...answer, limits: { ...answer.limits, maxOutputTokens: 777 } });
    expect(JSON.stringify(await run(model, "How many?", {}, bounded))).toContain("+ maxOutputTokens: 777");
    const shaped = defineTask({ ...answer, output: z.object({ answer: z.number().min(1) }) });
    expect(await run(model, "How many?", {}, shaped)).toMatchObject({ ok: false, failure: { code: "CONFIG_INVALID" } });
  });

  it("keeps tool calls and refusals as they were", async () => {
    const respond: Responder = (request) =>
      messageText(request.messages.at(-1)!).includes("roll")
        ? { toolCalls: [{ name: "roll", arguments: '{"sides": 6}' }] }
        : { refusal: "No." };
    const model = await modelOf(respond);
    const ask = async (text: string) =>
      cassette(model, { file }).chat.invoke(
        [{ role: "user", content: text }],
        model.callOptions({ maxOutputTokens: 9 }),
      );
    const record = cassette(model, { file, mode: "record" });
    for (const text of ["roll", "no"]) {
      const live = await record.chat.invoke(
        [{ role: "user", content: text }],
        model.callOptions({ maxOutputTokens: 9 }),
      );
      const heard = await ask(text);
      expect(heard.tool_calls).toEqual(live.tool_calls);
      expect(heard.additional_kwargs.refusal).toEqual(live.additional_kwargs.refusal);
      expect(heard.response_metadata.finish_reason).toEqual(live.response_metadata.finish_reason);
    }
    expect(provider!.log).toHaveLength(2);
  });

  it("asks the same question once, also when it is asked twice at the same time", async () => {
    const model = cassette(await modelOf(), { file });
    const ask = () =>
      model.chat.invoke([{ role: "user", content: "How many?" }], model.callOptions({ maxOutputTokens: 9 }));
    const [one, two] = await Promise.all([ask(), ask()]);
    expect(one.text).toBe(two.text);
    expect(provider!.log).toHaveLength(1);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("passes on what a provider failed with, and keeps nothing of it", async () => {
    provider = await startProvider({
      respond: () => '{"answer": 7}',
      faults: (_, attempt) => (attempt === 1 ? { kind: "status", status: 400 } : undefined),
    });
    const model = cassette(await modelOf(), { file });
    const ask = () =>
      model.chat.invoke([{ role: "user", content: "How many?" }], model.callOptions({ maxOutputTokens: 9 }));
    await expect(ask()).rejects.toMatchObject({ status: 400 });
    expect(readFileSync(file, "utf8")).toBe("");
    expect((await ask()).text).toBe('{"answer": 7}');
  });

  it("keeps no credentials", async () => {
    await run(await modelOf(), "How many?");
    expect(readFileSync(file, "utf8")).not.toMatch(/"test"|Bearer|authorization|127\.0\.0\.1/i);
  });

  it("is refused in production, like a judge's", async () => {
    const model = await modelOf();
    vi.stubEnv("NODE_ENV", "production");
    expect(() => cassette(model, { file })).toThrow(/stands in for models in tests/);
    expect(() => judgeCassette(file)).toThrow(/stands in for models in tests/);
    expect(existsSync(file)).toBe(false);
  });

  it("names a file that is missing and a line that is no call", async () => {
    const model = await modelOf();
    expect(JSON.stringify(await run(model, "How many?", { mode: "replay" }))).toContain("there is no such cassette");
    await run(model, "How many?");
    writeFileSync(file, `${readFileSync(file, "utf8")}{}\n`);
    expect(JSON.stringify(await run(model, "How many?"))).toContain("fast.jsonl:2: is no recorded call");
  });
});

describe("as a model", () => {
  describeModel(async () => cassette(await modelOf(() => "Some words."), { file }));
});
