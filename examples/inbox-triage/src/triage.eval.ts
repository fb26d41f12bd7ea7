import { fileURLToPath } from "node:url";
import { type Armature, createArmature } from "@armature/core";
import { cost, dataSet, defineEval, exact, latency } from "@armature/evals";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { startProvider } from "@armature/testkit/provider";
import { loadEmails } from "./emails.js";
import { answerByRules } from "./rules.js";
import { type Row, triageTask } from "./triage-task.js";

const CASES = 40;
const SEED = 11;

/** What the headers say decides; category, urgency and summary are opinions and are left to people. */
export default defineEval({
  name: "triage",
  task: triageTask(30_000),
  data: () =>
    dataSet(
      `${CASES} e-mails, seed ${SEED}`,
      loadEmails(CASES, SEED).map(({ id, from, subject, body }) => ({
        id,
        input: { from, subject, body },
        expected: { sender: from.address, subject },
      })),
    ),
  scorers: [
    exact({ name: "sender", field: (row) => (row as Partial<Row>).sender }),
    exact({ name: "subject", field: (row) => (row as Partial<Row>).subject }),
    latency(20_000),
    cost(0.02),
  ],
  maxCostUsd: 5,
  app,
});

/** With a key the real provider; without one the stand-in, which shows the way but knows nothing of the prompt. */
async function app(): Promise<Pick<Armature, "run" | "prepare" | "close">> {
  const apiKey = process.env.OPENAI_API_KEY;
  const provider = apiKey ? undefined : await startProvider({ respond: answerByRules });
  const connection = { apiKey: apiKey ?? "loopback", ...(provider && { baseUrl: provider.url }) };
  const armature = await createArmature({
    models: {
      fast: openai({ model: "gpt-4.1-mini", ...connection }),
      strong: openai({ model: "gpt-4.1", ...connection }),
    },
    prompts: fileURLToPath(new URL("../prompts", import.meta.url)),
    journal: memoryJournal(),
  });
  return {
    run: armature.run.bind(armature),
    prepare: armature.prepare.bind(armature),
    async close() {
      await armature.close();
      await provider?.close();
    },
  };
}
