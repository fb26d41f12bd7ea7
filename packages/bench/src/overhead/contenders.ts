import type { Contender } from "./contender.js";

type Open = (url: string, folder: string) => Contender | Promise<Contender>;

/** Every contender, on the provider at `url`; its SQLite files go under `folder`. Each loads nothing but its own. */
export const CONTENDERS = {
  "fetch + zod": async (url) => (await import("./plain-fetch.js")).plainFetch(url),
  "ChatOpenAI + zod": async (url) => (await import("./chat-openai.js")).invokeChatOpenAI(url),
  createAgent: async (url) => (await import("./create-agent.js")).langChainAgent(url),
  "Armature run": async (url, folder) => (await import("./armature.js")).armatureRun(url, folder),
  "Armature run, no policies": async (url, folder) =>
    (await import("./armature.js")).armatureWithoutPolicies(url, folder),
  "Armature graph": async (url, folder) => (await import("./armature.js")).armatureGraph(url, folder),
} as const satisfies Record<string, Open>;

/** What a contender is called in the figures. */
export type ContenderName = keyof typeof CONTENDERS;
