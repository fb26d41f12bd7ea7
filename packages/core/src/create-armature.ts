import { randomUUID } from "node:crypto";
import { type PriceOverlay, readPrices } from "@armature/budget";
import {
  BudgetStore,
  Cache,
  Clock,
  configInvalid,
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
import {
  EMPTY_LOCK,
  loadPrompts,
  type PromptLibrary,
  type PromptLock,
  promptLibrary,
  readPromptLock,
} from "@armature/prompts";
import { asModel, Health } from "@armature/resilience";
import { AnswerCache } from "./answer-cache.js";
import { Armature } from "./armature.js";
import { collect } from "./collect.js";
import { boot, type OwnProvider } from "./container/boot.js";
import type { Container } from "./container/container.js";
import { type EmbeddedStores, openStores } from "./embedded-stores.js";
import { namedTwice } from "./misfit.js";
import { type ArmatureOptions, readOptions } from "./options.js";
import { checkTask, prepareTask, type Surroundings } from "./prepare-task.js";
import type { Runtime } from "./services.js";
import { sha256 } from "./sha256.js";
import { extendTable, STANDARD_TABLE, type Table } from "./table.js";
import type { Task } from "./task.js";
import { defaultTokenizer } from "./tokenizer.js";

/** What the options alone give: nothing of it is open. */
interface Groundwork {
  readonly options: ArmatureOptions;
  readonly plugins: readonly Plugin[];
  readonly models: ReadonlyMap<string, Model>;
  readonly prompts: PromptLibrary;
  readonly lock: PromptLock;
  readonly prices: PriceOverlay | undefined;
  readonly table: Table;
}

/**
 * Boots an application. Everything that is wrong with options, plugins, prompts and tasks is found before anything
 * runs, and thrown as one `CONFIG_INVALID` that lists all of it. A boot that fails leaves nothing open.
 */
export async function createArmature(options: ArmatureOptions): Promise<Armature> {
  const problems: string[] = [];
  const ground = prepare(options, problems);
  const own: OwnProvider[] = [
    { token: Clock, instance: ground.options.clock ?? systemClock },
    { token: Random, instance: ground.options.random ?? systemRandom },
    { token: Ids, instance: ground.options.ids ?? systemIds },
  ];
  const defaults = [{ token: Tokenizer, instance: defaultTokenizer }];
  const { container, dispose } = await boot(ground.plugins, own, defaults, problems);
  let stores: EmbeddedStores | undefined;
  const disposeAll = () => dispose().finally(() => stores?.close());
  try {
    stores = await openStores(ground.options, container.get(Clock)!);
    return assemble(ground, container, stores, disposeAll);
  } catch (error) {
    // What cannot be disposed as well must not hide why it did not boot.
    await disposeAll().catch(() => undefined);
    throw error;
  }
}

/** Reads and checks what can be known before any plugin has run. */
function prepare(given: ArmatureOptions, problems: string[]): Groundwork {
  const { options, unsound, problems: misshapen } = readOptions(given);
  problems.push(...misshapen);
  const plugins = options.plugins ?? [];
  const isProvided = ({ key: wanted }: { readonly key: symbol }) =>
    plugins.some(({ definition }) => definition.provides?.some(({ key }) => key === wanted));
  if (options.journal === undefined && !unsound.has("journal") && !isProvided(Journal)) {
    problems.push('journal: missing; pass a path such as "./armature.db", or memoryJournal() to keep nothing');
  }
  const library = unsound.has("prompts") ? undefined : collect(problems, () => readPrompts(options.prompts));
  const lock = unsound.has("lock") ? undefined : collect(problems, () => readLock(options));
  const prices = collect(problems, () => overlayOf(options.prices));
  let table = STANDARD_TABLE;
  for (const { definition } of plugins) {
    const { graph } = definition;
    if (graph) table = collect(problems, () => extendTable(table, graph)) ?? table;
  }
  // What a plugin brings is not known yet, and nothing is said about it.
  const known: Partial<Surroundings> = {
    ...(!isProvided(Model) && { models: new Set(Object.keys(options.models)) }),
    ...(!isProvided(DocumentStore) && { stores: new Set<string>() }),
    ...(!isProvided(Tool) && { tools: [] }),
    ...optional("prompts", library),
    ...optional("lock", lock),
    ...optional("label", options.label),
    strict: options.strict ?? false,
    hasCache: isProvided(Cache),
  };
  const { tasks = [] } = options;
  problems.push(...namedTwice(tasks).map((name) => `tasks: there are two tasks "${name}"`));
  for (const task of tasks) problems.push(...checkTask(task, known));
  return {
    options,
    plugins,
    models: unsound.has("models") ? new Map() : readModels(options.models),
    prompts: library ?? promptLibrary([]),
    lock: lock ?? EMPTY_LOCK,
    prices,
    table,
  };
}

function assemble(
  { options, plugins, models: own, prompts, lock, prices, table }: Groundwork,
  container: Container,
  stores: EmbeddedStores,
  dispose: () => Promise<void>,
): Armature {
  const { budgets = [], tasks = [], label, code } = options;
  const brought = container.getAll(Model).map(({ route, model }) => [route, model] as const);
  const models = new Map([...own, ...brought]);
  const clock = container.get(Clock)!;
  const caches = container.getAll(Cache);
  const runtime: Runtime = {
    models,
    ...optional("router", container.get(Router)),
    ...optional("memory", container.get(Memory)),
    ...(caches.length > 0 && { cache: new AnswerCache(caches) }),
    ...optional("embedder", container.get(Embedder)),
    stores: container.getAll(DocumentStore),
    guards: container.getAll(Guard),
    tools: container.getAll(Tool),
    sinks: container.getAll(RecordSink),
    journal: container.get(Journal) ?? stores.journal!,
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
    // Not from the application's own ids or chance: those may be drawn from a seed.
    salt: randomUUID(),
    hasSoftLimits: budgets.some(({ warnAtShare, downgradeAtShare }) => (warnAtShare ?? downgradeAtShare) !== undefined),
    ...optional("prices", prices),
    tenantRequired:
      plugins.some(({ definition }) => definition.scope === "tenant") ||
      budgets.some(({ scope }) => scope === "tenant" || scope === "user"),
  };
  const around: Surroundings = {
    models: new Set(models.keys()),
    stores: new Set(runtime.stores.map((store) => store.name)),
    prompts,
    lock,
    ...optional("label", label),
    strict: options.strict ?? false,
    tools: runtime.tools,
    hasCache: caches.length > 0,
  };
  const budgetStore = container.get(BudgetStore) ?? stores.budgetStore;
  const app = new Armature({ runtime, table, around, budgets, budgetStore, dispose });
  prepareTasks(tasks, around, app);
  return app;
}

function prepareTasks(tasks: readonly Task[], around: Surroundings, app: Armature): void {
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

function readModels(given: ArmatureOptions["models"]): ReadonlyMap<string, Model> {
  return new Map(
    Object.entries(given).map(([route, model]) => [route, "chat" in model ? model : asModel(model)] as const),
  );
}

function configHash({ models, budgets = [] }: ArmatureOptions, plugins: readonly Plugin[]): string {
  const names = plugins.map(({ definition }) => [definition.name, definition.version ?? null]);
  return sha256(JSON.stringify([Object.keys(models), names, budgets]));
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };
}
