import { fileURLToPath } from "node:url";
import { describePrompts } from "@armature/evals/vitest";
import config from "../armature.config.js";

// Edit one word of a prompt, and this fails with the difference and the commands to run next.
describePrompts(config, fileURLToPath(new URL("../prompts.lock.json", import.meta.url)));
