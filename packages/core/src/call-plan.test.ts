import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { startProvider } from "@armature/testkit";
import { expect, it } from "vitest";
import { createArmature } from "./create-armature.js";
import { numberTask } from "./runners.fixture.js";

it("leaves a server that takes the connection and never shakes hands, long before the attempt's time is over", async () => {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const provider = await startProvider({ respond: () => '{"answer": 42}' });
  const app = await createArmature({
    models: {
      fast: openai({ model: "gpt-4.1-mini", baseUrl: `https://127.0.0.1:${(mute.address() as AddressInfo).port}/v1` }),
      strong: openai({ model: "gpt-4.1", baseUrl: provider.url }),
    },
    journal: memoryJournal(),
  });
  const task = numberTask(["fast", "strong"], { deadlineMs: 60_000, attemptTimeoutMs: 30_000 });
  const outcome = await app.run(task, { question: "?" });
  expect(outcome).toMatchObject({ ok: true, value: { answer: 42 }, route: "strong" });
  expect(outcome.attempts.map(({ fault }) => fault?.kind)).toEqual(["connect_timeout", undefined]);
  expect(outcome.attempts[0]).toMatchObject({ costMicroUsd: 0, usage: { inputTokens: 0, outputTokens: 0 } });
  expect(outcome.attempts[0]!.latencyMs).toBeLessThan(15_000);
  await app.close();
  await provider.close();
  for (const socket of sockets) socket.destroy();
  mute.close();
}, 30_000);
