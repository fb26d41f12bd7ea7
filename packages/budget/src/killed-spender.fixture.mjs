import { sqliteBudgetStore } from "../dist/index.js";

// Spends as fast as it can until it is killed, and says what has resolved.
const [path, name, cap] = process.argv.slice(2);
const store = sqliteBudgetStore({ path });
const lines = [
  { account: "tenant:acme/total", capMicroUsd: Number(cap) },
  { account: `user:acme:${name}/total`, capMicroUsd: Number(cap) },
];

async function spend(worker) {
  for (let call = 0; ; call++) {
    const attemptId = `${name}-${worker}-${call}`;
    const now = Date.now();
    const wish = { attemptId, lines, microUsd: 40 + (call % 7), atLeastMicroUsd: 1, now, expiresAt: now + 60_000 };
    const held = await store.hold(wish);
    if (!held.held) return;
    if (call % 5 === 4) await store.release(attemptId);
    else if (await store.dispatch(attemptId, now)) {
      process.stdout.write(`dispatched ${attemptId}\n`);
      if (call % 6 === 5) continue;
      // Every ninth bill goes beyond its hold.
      await store.settle(attemptId, billed(held.microUsd, call), now);
      process.stdout.write(`settled ${attemptId} ${billed(held.microUsd, call)}\n`);
    }
  }
}

function billed(microUsd, call) {
  return call % 9 === 8 ? microUsd + 5 : Math.ceil(microUsd / 2);
}

await Promise.all(Array.from({ length: 16 }, (_, worker) => spend(worker)));
process.stdout.write("full\n");
setInterval(() => {}, 1_000);
