import { type BudgetSpec, budgetSpecs, type PriceOverlay, priceOverlay } from "@armature/budget";
import {
  Clock,
  CONTENT_FIELDS,
  type ContentPolicy,
  describeIssues,
  Ids,
  Journal,
  type Model,
  type Plugin,
  Random,
} from "@armature/contracts";
import type { Prompt } from "@armature/prompts";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { z } from "zod";
import { modelMisfits, pluginMisfits, promptMisfits, provider, shaped, taskMisfits } from "./misfit.js";
import type { Task } from "./task.js";

/** What an application is made of. */
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

const contentLevel = z.enum(["full", "hashes", "none"]);
const fieldLevels = Object.fromEntries(CONTENT_FIELDS.map((field) => [field, contentLevel.optional()]));

/** The shape of all options: whatever does not boot because of it is told before anything is opened. */
const optionsSchema = z.strictObject({
  models: z.record(z.string(), shaped(modelMisfits), { error: "is missing, or no object of models by their names" }),
  plugins: z.array(shaped(pluginMisfits)).optional(),
  prompts: textOr(z.array(shaped(promptMisfits))).optional(),
  journal: textOr(provider(Journal)).optional(),
  onJournalFailure: z.enum(["refuse", "degrade"]).optional(),
  budgets: budgetSpecs.optional(),
  prices: textOr(priceOverlay).optional(),
  lock: z.string().optional(),
  label: z.string().optional(),
  strict: z.boolean().optional(),
  content: z
    .union([contentLevel, z.strictObject({ default: contentLevel }).extend(fieldLevels)], {
      error: "is full, hashes or none; or { default, ... } with one of these for each field",
    })
    .optional(),
  code: z.string().optional(),
  tasks: z.array(shaped(taskMisfits)).optional(),
  clock: provider(Clock).optional(),
  random: provider(Random).optional(),
  ids: provider(Ids).optional(),
});

interface ReadOptions {
  /** What is sound of the options: the rest is left out. */
  readonly options: ArmatureOptions;
  /** The names of options that are not whole. */
  readonly unsound: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/** Looks at the shape of all options, and leaves what can still be checked for further problems. */
export function readOptions(given: ArmatureOptions): ReadOptions {
  const parsed = optionsSchema.safeParse(given);
  if (parsed.success) return { options: given, unsound: new Set(), problems: [] };
  const options: Record<string, unknown> = typeof given === "object" && given !== null ? { ...given } : {};
  const unsound = new Set(parsed.error.issues.flatMap(({ path: [key] }) => (key === undefined ? [] : [String(key)])));
  for (const name of unsound) options[name] = soundPart(name, options[name], parsed.error);
  options.models ??= {};
  return { options: options as unknown as ArmatureOptions, unsound, problems: describeIssues("", parsed.error) };
}

/** The models whose names are known, and of a list the items in which nothing is wrong. */
function soundPart(name: string, value: unknown, { issues }: z.ZodError): unknown {
  const within = issues.filter(({ path }) => path[0] === name);
  if (within.some(({ path }) => path.length < 2)) return undefined;
  if (name === "models") return value;
  return Array.isArray(value) ? value.filter((_, index) => within.every(({ path }) => path[1] !== index)) : undefined;
}

/** Everything that is wrong with the shape of options, each with its field: what can be told without booting. */
export function optionProblems(given: unknown): readonly string[] {
  return readOptions(given as ArmatureOptions).problems;
}

/** A path, or what `schema` takes; a union would not say which field of it is wrong. */
function textOr(schema: z.ZodType) {
  return z.unknown().superRefine((value, context) => {
    if (typeof value === "string" || value === undefined) return;
    for (const { path, message } of schema.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: "custom", path, message });
    }
  });
}
