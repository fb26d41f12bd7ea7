import { armatureGraph, armatureRun, armatureWithoutPolicies } from "./armature.js";
import { invokeChatOpenAI } from "./chat-openai.js";
import type { Contender } from "./contender.js";
import { langChainAgent } from "./create-agent.js";
import { plainFetch } from "./plain-fetch.js";

type Open = (url: string, folder: string) => Contender | Promise<Contender>;

/** Every contender, on the provider at `url`; its SQLite files go under `folder`. */
export const CONTENDERS = {
  "fetch + zod": plainFetch,
  "ChatOpenAI + zod": invokeChatOpenAI,
  createAgent: langChainAgent,
  "Armature run": armatureRun,
  "Armature run, no policies": armatureWithoutPolicies,
  "Armature graph": armatureGraph,
} as const satisfies Record<string, Open>;

/** What a contender is called in the figures. */
export type ContenderName = keyof typeof CONTENDERS;
