import { CONTENDERS, type ContenderName } from "./contenders.js";
import { type Load, measure } from "./measure.js";

// Runs as a child. A service runs one of the contenders, so each has a process of its own: in one that they share, each
// would pay for the garbage of the others and run code that was compiled to suit them all.
const [name, url, folder] = process.argv.slice(2) as [ContenderName, string, string];
const contender = await CONTENDERS[name](url, folder);
process.on("message", (load: Load) => {
  // What it throws ends the process, and with it the benchmark.
  void measure(contender, load).then((block) => process.send?.(block));
});
process.once("disconnect", async () => {
  await contender.close?.();
  process.exit(0);
});
process.send?.("ready");
