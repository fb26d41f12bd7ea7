import { startProvider } from "@armature/testkit/provider";
import { contact, createApp, respond } from "./contact.js";

let down = false;
const provider = await startProvider({
  respond,
  faults: { "gpt-4.1-mini": () => (down ? { kind: "status", status: 503 } : undefined) },
});
const app = await createApp(provider);
try {
  for (const state of ["up", "down"]) {
    down = state === "down";
    const outcome = await app.run(contact, { sentence: "This is Ada from Bergen, please call back." });
    console.log(`The first provider is ${state}.`);
    for (const { route, model, fault } of outcome.attempts)
      console.log(`  ${route} (${model}): ${fault?.kind ?? "answered"}`);
    console.log(" ", outcome.ok ? outcome.value : outcome.failure);
  }
} finally {
  await app.close();
  await provider.close();
}
