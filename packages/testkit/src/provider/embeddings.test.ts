import { expect, test } from "vitest";
import type { EmbeddingFault } from "./embedding-fault.js";
import { readAll, useProvider } from "./provider.fixture.js";

const run = useProvider();

const start = (fault: EmbeddingFault) => run.start({ dimensions: 4, embeddingFaults: () => fault });
const embed = (signal?: AbortSignal) =>
  readAll(`${run.provider.url}/embeddings`, { model: "e", input: ["a fox", "a hen"] }, signal);
const rows = async () =>
  (JSON.parse((await embed()).text) as { data: { index: number; embedding: (number | null)[] }[] }).data;

test("vectors that are none", async () => {
  await run.start({ dimensions: 4 });
  const sound = await rows();
  await start({ kind: "wrong_dimensions" });
  expect((await rows()).map(({ embedding }) => embedding.length)).toEqual([3, 3]);
  await start({ kind: "missing_vector" });
  expect(await rows()).toEqual(sound.slice(0, 1));
  await start({ kind: "reversed" });
  expect(await rows()).toEqual([...sound].reverse());
  await start({ kind: "null_component" });
  expect((await rows())[0]?.embedding).toEqual([null, ...(sound[0]?.embedding.slice(1) ?? [])]);
});

test("in base64 a missing number is NaN", async () => {
  const client = await start({ kind: "null_component" });
  const { data } = await client.embeddings.create({ model: "e", input: "a fox" });
  expect(data[0]?.embedding[0]).toBeNaN();
});

test("status, then healthy: attempts are counted for each model", async () => {
  await run.start({
    embeddingFaults: ({ model }, attempt) =>
      model === "e" && attempt === 1 ? { kind: "status", status: 429, retryAfter: 1 } : undefined,
  });
  expect((await embed()).status).toBe(429);
  expect((await embed()).status).toBe(200);
  expect(run.provider.log.map(({ fault }) => fault?.kind)).toEqual(["status", undefined]);
});

test("broken on the way, or never sent", async () => {
  await start({ kind: "cut_stream", afterTokens: 0 });
  expect((await embed()).error).toBe(true);
  await start({ kind: "truncated_body" });
  const { text } = await embed();
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  await start({ kind: "html_body" });
  expect((await embed()).text).toContain("<html>");
  await start({ kind: "no_answer" });
  await expect(embed(run.leaveWhen(() => true, 30))).rejects.toThrow();
  await expect.poll(() => run.provider.log[0]?.closedByClient, { timeout: 10_000 }).toBe(true);
});
