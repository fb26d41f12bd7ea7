import { createArmature, outcomeOf } from "@armature/core";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { startProvider } from "@armature/testkit/provider";
import { refundGraph } from "./custom-graph.js";
import { reviewGraph } from "./own-graph.js";
import { refund, respond } from "./refund.js";

const provider = await startProvider({ respond });
const app = await createArmature({
  models: {
    fast: openai({ model: "gpt-4.1-mini", baseUrl: provider.url }),
    strong: openai({ model: "gpt-4.1", baseUrl: provider.url }),
  },
  journal: memoryJournal(),
});
try {
  const graph = refundGraph(app);
  console.log((await graph.getGraphAsync()).drawMermaid());

  const request = { configurable: { thread_id: "complaint-1" } };
  const input = { complaint: "The lamp for 740 arrived broken." };
  const paused = await graph.invoke({ input }, request);
  console.log(`Paused before the call. Amount: ${paused.amount}. Model: ${paused.routing?.ladder[0]?.route}.`);
  console.log(`Calls so far: ${provider.log.length}. Going on ...`);
  const outcome = outcomeOf(await graph.invoke(null, request), refund);
  console.log(outcome.ok ? outcome.value : outcome.failure);

  for (const text of ['{"decision": "pay", "reason": "It broke."}', '{"decision": "perhaps"}']) {
    const { advice } = await reviewGraph.invoke({ input, answer: { text, toolCalls: [], finish: "stop" } });
    console.log(`${text} → ${advice}`);
  }
} finally {
  await app.close();
  await provider.close();
}
