import { CONTRACT_VERSION, describeIssues, type Plugin, type Token } from "@armature/contracts";

/** A plugin with its options parsed. */
export interface PlannedPlugin {
  readonly plugin: Plugin;
  readonly options: unknown;
}

interface BootPlan {
  /** In the order in which they can be set up. */
  readonly order: readonly PlannedPlugin[];
  /** Everything that is wrong; nothing may be set up unless this is empty. */
  readonly problems: readonly string[];
}

/**
 * Orders plugins by what they declare, before anything runs. Finds at once: a contract version that is not ours, a
 * name used twice, bad options, two providers of a single token, a requirement nobody provides, a cycle.
 */
export async function planBoot(
  plugins: readonly Plugin[],
  alreadyProvided: readonly Token<unknown>[],
): Promise<BootPlan> {
  const problems: string[] = [];
  const planned: PlannedPlugin[] = [];
  for (const plugin of plugins) planned.push({ plugin, options: await parseOptions(plugin, problems) });
  checkNamesAndVersions(plugins, problems);
  const providers = checkProviders(plugins, alreadyProvided, problems);
  for (const { definition } of plugins) {
    for (const token of definition.requires ?? []) {
      if (token.arity === "many" || provided(alreadyProvided, token)) continue;
      const names = providers.get(token.key) ?? [];
      const what = `plugin "${definition.name}" requires ${token.name}, and`;
      if (names.length === 0) problems.push(`${what} no plugin provides it`);
      else if (names.every((name) => name === definition.name)) problems.push(`${what} nobody but itself provides it`);
    }
  }
  return { order: inDependencyOrder(planned, providers, problems), problems };
}

async function parseOptions({ definition, options }: Plugin, problems: string[]): Promise<unknown> {
  if (!definition.options) {
    if (options !== undefined) problems.push(`plugin "${definition.name}" takes no options`);
    return undefined;
  }
  // Options may be left out where an empty object would do.
  const schema = definition.options;
  const direct = await schema.safeParseAsync(options);
  const parsed = !direct.success && options === undefined ? await schema.safeParseAsync({}) : direct;
  if (parsed.success) return parsed.data;
  problems.push(...describeIssues(`plugin "${definition.name}": options`, parsed.error));
  return undefined;
}

function checkNamesAndVersions(plugins: readonly Plugin[], problems: string[]): void {
  const names = new Set<string>();
  for (const { definition } of plugins) {
    const { name, contract } = definition;
    if (names.has(name)) problems.push(`plugin "${name}" is listed twice`);
    names.add(name);
    if (contract !== CONTRACT_VERSION) {
      problems.push(
        `plugin "${name}" was written for contract ${contract}, and this application speaks ${CONTRACT_VERSION}; ` +
          `install ${contract < CONTRACT_VERSION ? "a newer version of the plugin" : "a newer version of Armature"}`,
      );
    }
  }
}

function checkProviders(
  plugins: readonly Plugin[],
  alreadyProvided: readonly Token<unknown>[],
  problems: string[],
): Map<symbol, string[]> {
  const providers = new Map<symbol, string[]>();
  const tokens = new Map<symbol, Token<unknown>>();
  for (const { definition } of plugins) {
    for (const token of definition.provides ?? []) {
      tokens.set(token.key, token);
      providers.set(token.key, [...(providers.get(token.key) ?? []), definition.name]);
    }
  }
  for (const [key, names] of providers) {
    const token = tokens.get(key)!;
    const all = provided(alreadyProvided, token) ? ["the application's own options", ...names] : names;
    if (token.arity === "single" && all.length > 1) {
      problems.push(`${token.name} can have one provider, and has ${all.length}: ${all.join(", ")}`);
    }
  }
  return providers;
}

function provided(tokens: readonly Token<unknown>[], token: Token<unknown>): boolean {
  return tokens.some((one) => one.key === token.key);
}

/** Kahn's algorithm; among plugins that are ready, the order in which they are listed. */
function inDependencyOrder(
  planned: readonly PlannedPlugin[],
  providers: ReadonlyMap<symbol, readonly string[]>,
  problems: string[],
): PlannedPlugin[] {
  const order: PlannedPlugin[] = [];
  const ready = new Set<string>();
  let waiting = [...planned];
  while (waiting.length > 0) {
    const next = waiting.find(({ plugin }) => dependencies(plugin, providers).every((name) => ready.has(name)));
    if (!next) {
      const cycle = findCycle(waiting, providers);
      problems.push(`plugins require each other in a cycle: ${cycle.join(" → ")}`);
      break;
    }
    order.push(next);
    ready.add(next.plugin.definition.name);
    waiting = waiting.filter((one) => one !== next);
  }
  return order;
}

function dependencies({ definition }: Plugin, providers: ReadonlyMap<symbol, readonly string[]>): string[] {
  const names = (definition.requires ?? []).flatMap((token) => providers.get(token.key) ?? []);
  return names.filter((name) => name !== definition.name);
}

/** Every waiting plugin depends on a waiting one: following those arrows must come back to where it has been. */
function findCycle(waiting: readonly PlannedPlugin[], providers: ReadonlyMap<symbol, readonly string[]>): string[] {
  const byName = new Map(waiting.map((one) => [one.plugin.definition.name, one.plugin]));
  const path: string[] = [];
  let name: string = waiting[0]!.plugin.definition.name;
  while (!path.includes(name)) {
    path.push(name);
    name = dependencies(byName.get(name)!, providers).find((one) => byName.has(one))!;
  }
  return [...path.slice(path.indexOf(name)), name];
}
