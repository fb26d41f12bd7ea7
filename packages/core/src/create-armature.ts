import { type BudgetSpec, memoryBudgetStore, type PriceOverlay, readPrices, sqliteBudgetStore } from "@armature/budget";
import {
  BudgetStore,
  Cache,
  Clock,
  type ContentPolicy,
  DocumentStore,
  Embedder,
  Guard,
  Ids,
  Journal,
  Memory,
  Model,
  type Plugin,
  Random,
  RecordSink,
  Router,
  systemClock,
  systemIds,
  systemRandom,
  Tokenizer,
  Tool,
} from "@armature/contracts";
import { sqliteJournal } from "@armature/journal";
import {
  EMPTY_LOCK,
  loadPrompts,
  type Prompt,
  type PromptLibrary,
  type PromptLock,
  promptLibrary,
  readPromptLock,
} from "@armature/prompts";
import { asModel, Health } from "@armature/resilience";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AnswerCache } from "./answer-cache.js";
import { Armature } from "./armature.js";
import { collect } from "./collect.js";
import { boot, type OwnProvider } from "./container/boot.js";
import { prepareTask, type Surroundings } from "./prepare-task.js";
import { configInvalid } from "./problem.js";
import { sha256 } from "./record.js";
import type { Runtime } from "./services.js";
import { extendTable, STANDARD_TABLE, type Table } from "./table.js";
import type { Task } from "./task.js";
import { defaultTokenizer } from "./tokenizer.js";

export interface ArmatureOptions {
  /** By the names that tasks use. Any LangChain chat model serves. */
  readonly models: { readonly [route: string]: Model | BaseChatModel };
  readonly plugins?: readonly Plugin[];
  /** A folder of prompt files, or prompts defined in code. */
  readonly prompts?: string | readonly Prompt[];
  /** A path for the embedded SQLite journal, or a journal of one's own; may be left out when a plugin provides one. */
  readonly journal?: string | Journal;
  /**
   * What happens to a request whose record cannot be written: `refuse` (the default) ends it in `JOURNAL_UNAVAILABLE`,
   * before money is spent where that can be known; `degrade` lets it go on and says so in the outcome.
   */
  readonly onJournalFailure?: "refuse" | "degrade";
  readonly budgets?: readonly BudgetSpec[];
  /** Prices that the list lacks or has wrong, or the path of a JSON file with them. */
  readonly prices?: string | PriceOverlay;
  /** The lock of the prompts: a path such as `./prompts.lock.json`. It says which version a label stands at. */
  readonly lock?: string;
  /** Which label decides between the versions of a prompt; `production` by default. */
  readonly label?: string;
  /** Refuses every task whose prompt does not stand in the lock as it is: at boot, or when it is first run. */
  readonly strict?: boolean;
  /** What records and sinks may keep of what was said; `full` by default. */
  readonly content?: ContentPolicy;
  /** Your own name for the code that runs (a commit, a build): it stands in every record. */
  readonly code?: string;
  /** Tasks to check at boot; others are checked when they are first run. */
  readonly tasks?: readonly Task[];
  /** Time and chance of one's own, for tests. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
}

/**
 * Boots an application. Everything that is wrong with options, plugins, prompts and tasks is found before anything
 * runs, and thrown as one `CONFIG_INVALID` that lists all of it.
 */
export async function createArmature(options: ArmatureOptions): Promise<Armature> {
  const problems: string[] = [];
  const plugins = options.plugins ?? [];
  const library = collect(problems, () => readPrompts(options.prompts));
  const prompts = library ?? promptLibrary([]);
  const models = readModels(options.models, problems);
  const lock = collect(problems, () => readLock(options)) ?? EMPTY_LOCK;
  const { strict = false, label, code } = options;
  const prices = collect(problems, () => overlayOf(options.prices));
  const table = collect(problems, () => plugins.reduce(extend, STANDARD_TABLE)) ?? STANDARD_TABLE;
  const provides = ({ key: wanted }: { readonly key: symbol }) =>
    plugins.some(({ definition }) => definition.provides?.some(({ key }) => key === wanted));
  if (options.journal === undefined && !provides(Journal)) {
    problems.push('journal: missing; pass a path such as "./armature.db", or memoryJournal() to keep nothing');
  }
  if (library && !provides(Model) && !provides(DocumentStore)) {
    // What tasks refer to is known without any plugin: their problems stand in the same list.
    const known: Surroundings = {
      models: new Set(Object.keys(options.models)),
      stores: new Set(),
      prompts,
      lock,
      ...optional("label", label),
      // The hash of a prompt takes in the tools of plugins, which are not known yet.
      strict: false,
      tools: [],
      hasCache: provides(Cache),
    };
    for (const task of options.tasks ?? []) collect(problems, () => prepareTask(task, known));
  }
  const own: OwnProvider[] = [
    { token: Clock, instance: options.clock ?? systemClock },
    { token: Random, instance: options.random ?? systemRandom },
    { token: Ids, instance: options.ids ?? systemIds },
  ];
  const { container, dispose } = await boot(plugins, own, [{ token: Tokenizer, instance: defaultTokenizer }], problems);

  for (const { route, model } of container.getAll(Model)) models.set(route, model);
  const clock = container.get(Clock)!;
  const cache = container.get(Cache);
  const owned = openStores(options, clock);
  const runtime: Runtime = {
    models,
    ...optional("router", container.get(Router)),
    ...optional("memory", container.get(Memory)),
    ...optional("cache", cache && new AnswerCache(cache)),
    ...optional("embedder", container.get(Embedder)),
    stores: container.getAll(DocumentStore),
    guards: container.getAll(Guard),
    tools: container.getAll(Tool),
    sinks: container.getAll(RecordSink),
    journal: container.get(Journal) ?? owned.journal!,
    onJournalFailure: options.onJournalFailure ?? "refuse",
    tokenizer: container.get(Tokenizer)!,
    clock,
    random: container.get(Random)!,
    ids: container.get(Ids)!,
    health: new Health(clock),
    plugins: plugins.map(({ definition: { name, version } }) => ({ name, ...optional("version", version) })),
    hashes: {
      config: configHash(options, plugins),
      ...(options.lock !== undefined && { promptLock: sha256(JSON.stringify(lock)) }),
      ...optional("code", code),
    },
    content: options.content ?? "full",
    hasSoftLimits: (options.budgets ?? []).some(
      ({ warnAtShare, downgradeAtShare }) => (warnAtShare ?? downgradeAtShare) !== undefined,
    ),
    ...optional("prices", prices),
    tenantRequired:
      plugins.some(({ definition }) => definition.scope === "tenant") ||
      (options.budgets ?? []).some(({ scope }) => scope === "tenant"),
  };
  const around: Surroundings = {
    models: new Set(models.keys()),
    stores: new Set(runtime.stores.map((store) => store.name)),
    prompts,
    lock,
    ...optional("label", label),
    strict,
    tools: runtime.tools,
    hasCache: cache !== undefined,
  };
  const app = new Armature({
    runtime,
    table,
    around,
    budgets: options.budgets ?? [],
    budgetStore: container.get(BudgetStore) ?? owned.budgetStore,
    async dispose() {
      await dispose();
      await owned.close();
    },
  });
  try {
    checkTasks(options.tasks ?? [], around, app);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

function extend(table: Table, { definition }: Plugin): Table {
  return definition.graph ? extendTable(table, definition.graph) : table;
}

function checkTasks(tasks: readonly Task[], around: Surroundings, app: Armature): void {
  const problems: string[] = [];
  for (const task of tasks) collect(problems, () => app.accept(task, prepareTask(task, around)));
  if (problems.length > 0) throw configInvalid(problems);
}

function readPrompts(prompts: ArmatureOptions["prompts"]): PromptLibrary {
  return typeof prompts === "string" ? loadPrompts(prompts) : promptLibrary(prompts ?? []);
}

function readLock({ lock, strict }: ArmatureOptions): PromptLock {
  if (lock !== undefined) return readPromptLock(lock);
  if (strict) throw configInvalid(["strict: there is no lock to be strict about; pass its path as `lock`"]);
  return EMPTY_LOCK;
}

function overlayOf(prices: ArmatureOptions["prices"]): PriceOverlay | undefined {
  return typeof prices === "string" ? readPrices(prices) : prices;
}

function readModels(given: ArmatureOptions["models"], problems: string[]): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const [route, model] of Object.entries(given)) {
    const isObject = typeof model === "object" && model !== null;
    if (isObject && "chat" in model) models.set(route, model);
    else if (isObject && "invoke" in model) models.set(route, asModel(model));
    else problems.push(`models.${route}: is neither a model of a plugin nor a LangChain chat model`);
  }
  return models;
}

/** The embedded stores; budgets live in the journal's file, so that one path is the whole state of an application. */
function openStores({ journal, budgets = [] }: ArmatureOptions, clock: Clock) {
  const opened = typeof journal === "string" ? sqliteJournal({ path: journal, clock }) : undefined;
  const durable = typeof journal === "string" && budgets.length > 0 ? sqliteBudgetStore({ path: journal }) : undefined;
  return {
    journal: opened ?? (journal as Journal | undefined),
    budgetStore: durable ?? memoryBudgetStore(),
    async close() {
      await durable?.close();
      await opened?.close();
    },
  };
}

function configHash({ models, budgets = [] }: ArmatureOptions, plugins: readonly Plugin[]): string {
  const names = plugins.map(({ definition }) => [definition.name, definition.version ?? null]);
  return sha256(JSON.stringify([Object.keys(models), names, budgets]));
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
