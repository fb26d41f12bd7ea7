import type {
  ContentPolicy,
  ModelCapabilities,
  Outcome,
  Plugin,
  RecordSummary,
  RequestRecord,
} from "@armature/contracts";
import { memoryJournal } from "@armature/journal";
import { openai } from "@armature/plugin-model-openai";
import { definePrompt } from "@armature/prompts";
import { type Faults, type Provider, type Responder, startProvider } from "@armature/testkit";
import { MemorySaver } from "@langchain/langgraph";
import { z } from "zod";
import type { Armature, RunOptions } from "./armature.js";
import { createArmature } from "./create-armature.js";
import { outcomeOf } from "./outcome.js";
import { defineTask, type Task, type TaskDefinition } from "./task.js";

export const ask = definePrompt({
  name: "ask",
  version: "1.0.0",
  messages: [
    { role: "system", content: "Answer in JSON." },
    { role: "user", content: "{{question}}" },
  ],
});

/** A task that takes a number for the answer to {@link ask}. */
export function numberTask(
  models: readonly string[],
  limits: NonNullable<TaskDefinition<z.ZodType, z.ZodType>["limits"]> = {},
) {
  return defineTask({
    name: "answer",
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.number() }),
    prompt: ask,
    models,
    limits,
  });
}

export interface House {
  readonly app: Armature;
  readonly provider: Provider;
  record(requestId: string): Promise<RequestRecord | undefined>;
  records(): Promise<RecordSummary[]>;
  close(): Promise<void>;
}

/** An application over a real loopback provider with the models `fast` and `strong`. */
export async function openHouse(
  respond: Responder,
  options: {
    faults?: Faults;
    plugins?: Plugin[];
    latencyMs?: number;
    content?: ContentPolicy;
    capabilities?: Partial<ModelCapabilities>;
  } = {},
): Promise<House> {
  const provider = await startProvider({
    respond,
    ...(options.faults && { faults: options.faults }),
    ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
  });
  const { capabilities = {} } = options;
  const journal = memoryJournal();
  const app = await createArmature({
    models: {
      fast: openai({ model: "gpt-4.1-mini", baseUrl: provider.url, capabilities }),
      strong: openai({ model: "gpt-4.1", baseUrl: provider.url, capabilities }),
    },
    plugins: options.plugins ?? [],
    journal,
    ...(options.content && { content: options.content }),
  });
  return {
    app,
    provider,
    record: (id) => journal.read(id),
    records: () => journal.find({}),
    async close() {
      await app.close();
      await provider.close();
    },
  };
}

type Run = <In extends z.ZodType, Out extends z.ZodType>(
  house: House,
  task: Task<In, Out>,
  input: z.input<In>,
  options?: RunOptions,
) => Promise<Outcome<z.output<Out>>>;

const walked: Run = (house, task, input, options) => house.app.run(task, input, options);

const compiled: Run = async (house, task, input, options = {}) => {
  const { signal, ...identity } = options;
  const graph = house.app.graph(task).compile({ checkpointer: new MemorySaver() });
  const state = await graph.invoke({ input } as never, {
    configurable: { ...identity, thread_id: "one" },
    ...(signal && { signal }),
  });
  return outcomeOf(state as never, task);
};

/** The two ways to run a task; a suite over both proves that they are one. */
export const RUNNERS: readonly (readonly [string, Run])[] = [
  ["the loop", walked],
  ["LangGraph", compiled],
];
