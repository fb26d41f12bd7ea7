import { ArmatureError, definePlugin, Embedder, type Embedding, type RequestContext } from "@armature/contracts";
import { OpenAIClient } from "@langchain/openai";
import { z } from "zod";
import { connectionOf } from "./openai.js";

const DIMENSIONS: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 1536,
  "text-embedding-3-large": 3072,
  "text-embedding-ada-002": 1536,
};

const optionsSchema = z
  .object({
    model: z.string().default("text-embedding-3-small"),
    /** Needed for models whose size is not known here; OpenAI's third generation also shortens to it. */
    dimensions: z.number().int().positive().optional(),
    apiKey: z.string().optional(),
    baseUrl: z.url().optional(),
    /** As the price list spells it; another one for a compatible server. */
    provider: z.string().default("openai"),
    /** Texts in one request. */
    batchSize: z.number().int().min(1).max(2048).default(512),
  })
  .prefault({});

/** Provides `Embedder` by the embeddings API of OpenAI or of a compatible server. */
export const openaiEmbedder = definePlugin({
  name: "model-openai/embedder",
  contract: 1,
  provides: [Embedder],
  options: optionsSchema,
  setup({ provide }, options) {
    provide(Embedder, new OpenAIEmbedder(options));
  },
});

class OpenAIEmbedder implements Embedder {
  readonly id: string;
  readonly dimensions: number;
  readonly priced: NonNullable<Embedder["priced"]>;
  readonly #client: OpenAIClient;

  constructor(private readonly options: z.output<typeof optionsSchema>) {
    const { model } = options;
    const dimensions = options.dimensions ?? DIMENSIONS[model];
    if (dimensions === undefined) {
      throw new ArmatureError(
        "CONFIG_INVALID",
        `openaiEmbedder: the size of "${model}" is not known: pass dimensions.`,
      );
    }
    this.dimensions = dimensions;
    this.id = `${model}/${dimensions}`;
    this.priced = { provider: options.provider, model };
    const { apiKey, configuration } = connectionOf(options, `openaiEmbedder({ model: "${model}" })`);
    this.#client = new OpenAIClient({ apiKey, ...configuration, maxRetries: 0 });
  }

  async embed(texts: readonly string[], context: RequestContext): Promise<number[][]> {
    return (await this.embedCounted(texts, context)).vectors;
  }

  async embedCounted(texts: readonly string[], context: RequestContext): Promise<Embedding> {
    const vectors: number[][] = [];
    const counts: (number | undefined)[] = [];
    for (let start = 0; start < texts.length; start += this.options.batchSize) {
      const batch = await this.#embedBatch(texts.slice(start, start + this.options.batchSize), context);
      vectors.push(...batch.vectors);
      counts.push(batch.inputTokens);
    }
    const known = counts.filter((count) => count !== undefined);
    // One batch without a count leaves the whole without one.
    if (known.length < counts.length) return { vectors };
    return { vectors, inputTokens: known.reduce((sum, count) => sum + count, 0) };
  }

  async #embedBatch(input: string[], { signal }: RequestContext): Promise<Embedding> {
    const { model, dimensions } = this.options;
    const { data, usage } = await this.#client.embeddings.create(
      { model, input, encoding_format: "float", ...(dimensions !== undefined && { dimensions }) },
      { signal },
    );
    const vectors: number[][] = new Array(input.length);
    for (const { index, embedding } of data ?? []) vectors[index] = embedding;
    for (let i = 0; i < input.length; i++) this.#check(vectors[i], i);
    // Compatible servers may leave the usage out, or send zeros.
    const tokens: unknown = usage?.prompt_tokens;
    const isCount = Number.isSafeInteger(tokens) && (tokens as number) > 0;
    return { vectors, ...(isCount && { inputTokens: tokens as number }) };
  }

  #check(vector: number[] | undefined, index: number): void {
    if (vector?.length === this.dimensions && vector.every(Number.isFinite)) return;
    const got = vector ? `${vector.length} numbers` : "nothing";
    throw new ArmatureError(
      "PLUGIN_FAILED",
      `The embeddings server gave ${got} for text ${index} where ${this.dimensions} finite numbers of ${this.id} were due.`,
      { plugin: "model-openai/embedder" },
    );
  }
}
