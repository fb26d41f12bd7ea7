import { misfitOf, type PluginDefinition, type Token } from "@armature/contracts";
import { z } from "zod";

/** Why a value of `models` is no model. */
export function modelMisfits(value: unknown): string[] {
  const isModel = isObject(value) && ("chat" in value ? isObject(value.chat) : typeof value.invoke === "function");
  return isModel ? [] : ["is neither a model of a plugin nor a LangChain chat model"];
}

/** Why an item of `prompts` is no prompt. */
export function promptMisfits(value: unknown): string[] {
  const isPrompt = isObject(value) && typeof value.name === "string" && Array.isArray(value.sections);
  return isPrompt ? [] : ["is no prompt; definePrompt makes one"];
}

/** Why something is no task. */
export function taskMisfits(value: unknown): string[] {
  const isTask =
    isObject(value) &&
    typeof value.name === "string" &&
    isObject(value.limits) &&
    isZodSchema(value.input) &&
    isZodSchema(value.output);
  return isTask ? [] : ["is no task; defineTask makes one"];
}

/** Everything that is wrong with the declaration of an item of `plugins`. */
export function pluginMisfits(value: unknown): string[] {
  const definition = (isObject(value) || typeof value === "function") && (value as { definition?: unknown }).definition;
  if (!isObject(definition)) return ["is no plugin; call the function that definePlugin returned"];
  const { name, contract, provides, requires, options, setup } = definition as Partial<PluginDefinition>;
  if (typeof name !== "string" || name === "") return ["is a plugin without a name"];
  const where = `plugin "${name}"`;
  if (typeof value === "function") return [`${where} was not called; its options are given in the call`];
  return [
    ...(typeof contract === "number" ? [] : [`${where}: contract must be a number, the version it was written for`]),
    ...tokenMisfits(`${where}: provides`, provides),
    ...tokenMisfits(`${where}: requires`, requires),
    ...(options === undefined || isZodSchema(options) ? [] : [`${where}: options must be a schema of zod 4`]),
    ...(setup === undefined || typeof setup === "function" ? [] : [`${where}: setup must be a function`]),
  ];
}

function tokenMisfits(where: string, tokens: unknown): string[] {
  if (tokens === undefined) return [];
  if (!Array.isArray(tokens)) return [`${where} must be a list of tokens`];
  return [...tokens.keys()]
    .filter((index) => !isObject(tokens[index]) || typeof tokens[index].key !== "symbol")
    .map((index) => `${where}[${index}] is no token, such as Guard or one that single() or many() made`);
}

/** Whether a value is a schema of zod 4, of whatever installed copy. */
export function isZodSchema(value: unknown): boolean {
  return isObject(value) && "_zod" in value;
}

/** A value of which `misfits` says why it is not what it should be. */
export function shaped(misfits: (value: unknown) => readonly string[]) {
  return z.unknown().superRefine((value, context) => {
    for (const message of misfits(value)) context.addIssue({ code: "custom", message });
  });
}

/** What a plugin may provide under a token, or nothing. */
export function provider(token: Token<unknown>) {
  return shaped((value) => {
    const misfit = value === undefined ? undefined : misfitOf(token, value);
    return misfit === undefined ? [] : [misfit];
  });
}

/** The names that several have, each once. */
export function namedTwice(named: readonly { readonly name: string }[]): string[] {
  const names = named.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
