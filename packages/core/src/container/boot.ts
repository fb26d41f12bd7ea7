import {
  ArmatureError,
  configInvalid,
  describeCause,
  misfitOf,
  type Plugin,
  type Registrar,
  type Token,
} from "@armature/contracts";
import { Container } from "./container.js";
import { type PlannedPlugin, planBoot } from "./plan.js";

/** What the application brings itself; a plugin may not provide the same single token. */
export type OwnProvider = { readonly token: Token<unknown>; readonly instance: unknown };

interface Booted {
  readonly container: Container;
  /** Disposes plugins in reverse order of set-up; every one, also when some fail. */
  dispose(): Promise<void>;
}

/**
 * Sets the plugins up in dependency order. `own` are fixed providers; `defaults` step in for single tokens that nobody
 * provides, and plugins may require them. Throws one `CONFIG_INVALID` with every problem that was found, `extra` ones
 * included, before any plugin has run.
 */
export async function boot(
  plugins: readonly Plugin[],
  own: readonly OwnProvider[],
  defaults: readonly OwnProvider[],
  extra: readonly string[] = [],
): Promise<Booted> {
  const provided = new Set(plugins.flatMap(({ definition }) => definition.provides ?? []).map((token) => token.key));
  const fallbacks = defaults.filter(({ token }) => !provided.has(token.key));
  const fixed = [...own, ...fallbacks];
  const { order, problems } = await planBoot(
    plugins,
    fixed.map(({ token }) => token),
  );
  const all = [...extra, ...problems];
  if (all.length > 0) throw configInvalid(all);

  const container = new Container();
  for (const { token, instance } of fixed) container.add(token, instance);
  const disposers: (() => void | Promise<void>)[] = [];
  const dispose = () => disposeAll(disposers);
  for (const planned of order) {
    try {
      await setUp(planned, container, disposers);
    } catch (cause) {
      await dispose().catch(() => undefined);
      const name = planned.plugin.definition.name;
      const why = describeCause(cause)?.message ?? "";
      throw new ArmatureError("CONFIG_INVALID", `plugin "${name}" could not be set up: ${why}`, {
        plugin: name,
        cause,
      });
    }
  }
  return { container, dispose };
}

async function setUp(
  { plugin, options }: PlannedPlugin,
  container: Container,
  disposers: (() => void | Promise<void>)[],
): Promise<void> {
  const { definition } = plugin;
  const delivered = new Set<symbol>();
  const declared = (list: readonly Token<unknown>[] | undefined, token: Token<unknown>, what: string) => {
    if (!list?.some((one) => one.key === token.key)) throw new Error(`it ${what} ${token.name} without declaring it`);
  };
  const registrar: Registrar = {
    provide(token, provider) {
      declared(definition.provides, token, "provides");
      if (token.arity === "single" && delivered.has(token.key)) throw new Error(`it provides ${token.name} twice`);
      delivered.add(token.key);
      const misfit = misfitOf(token, container.add(token, provider));
      if (misfit) throw new Error(`what it provides as ${token.name} ${misfit}`);
    },
    get(token) {
      declared(definition.requires, token, "asks for");
      return container.get(token)!;
    },
    getAll(token) {
      declared(definition.requires, token, "asks for");
      return container.getAll(token);
    },
    onDispose(dispose) {
      disposers.push(dispose);
    },
  };
  await definition.setup?.(registrar, options as never);
  for (const token of definition.provides ?? []) {
    if (!delivered.has(token.key)) throw new Error(`it declares ${token.name} and did not provide it`);
  }
}

async function disposeAll(disposers: (() => void | Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const dispose of disposers.splice(0).reverse()) {
    try {
      await dispose();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, "Some plugins could not be disposed.");
}
