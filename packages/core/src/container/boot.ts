import {
  ArmatureError,
  Clock,
  configInvalid,
  describeCause,
  misfitOf,
  type Plugin,
  type Registrar,
  type Token,
} from "@armature/contracts";
import { bounded } from "../within.js";
import { Container } from "./container.js";
import { type PlannedPlugin, planBoot } from "./plan.js";

/** What the application brings itself; a plugin may not provide the same single token. */
export type OwnProvider = { readonly token: Token<unknown>; readonly instance: unknown };

/** How long a plugin may take to be set up, and one of its disposers to end. Seconds. */
const SETUP_SECONDS = 60;
const DISPOSE_SECONDS = 10;

interface Disposer {
  readonly plugin: string;
  readonly dispose: () => void | Promise<void>;
}

interface Booted {
  readonly container: Container;
  /** Disposes plugins in reverse order of set-up; every one, also when some fail. */
  dispose(): Promise<void>;
}

/**
 * Sets the plugins up in dependency order. `own` are fixed providers; `defaults` step in for single tokens that nobody
 * provides, and plugins may require them. Throws one `CONFIG_INVALID` with every problem that was found, `extra` ones
 * included, before any plugin has run, and `PLUGIN_FAILED` where one is not set up within a minute.
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
  const clock = container.get(Clock)!;
  const disposers: Disposer[] = [];
  const dispose = () => disposeAll(clock, disposers);
  for (const planned of order) {
    const plugin = planned.plugin.definition.name;
    const work = setUp(planned, container, disposers).catch((cause) => {
      const message = `plugin "${plugin}" could not be set up: ${describeCause(cause)?.message ?? ""}`;
      throw new ArmatureError("CONFIG_INVALID", message, { plugin, cause });
    });
    try {
      await bounded(clock, SETUP_SECONDS * 1_000, work, () => late(plugin, "set itself up", SETUP_SECONDS));
    } catch (error) {
      await dispose().catch(() => undefined);
      throw error;
    }
  }
  return { container, dispose };
}

async function setUp({ plugin, options }: PlannedPlugin, container: Container, disposers: Disposer[]): Promise<void> {
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
      disposers.push({ plugin: definition.name, dispose });
    },
  };
  await definition.setup?.(registrar, options as never);
  for (const token of definition.provides ?? []) {
    if (!delivered.has(token.key)) throw new Error(`it declares ${token.name} and did not provide it`);
  }
}

async function disposeAll(clock: Clock, disposers: Disposer[]): Promise<void> {
  const errors: unknown[] = [];
  for (const { plugin, dispose } of disposers.splice(0).reverse()) {
    try {
      const work = Promise.resolve(dispose());
      await bounded(clock, DISPOSE_SECONDS * 1_000, work, () => {
        return late(plugin, "disposed of what it held", DISPOSE_SECONDS);
      });
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    const why = errors.map((error) => describeCause(error)?.message ?? "").join("; ");
    throw new AggregateError(errors, `Some plugins could not be disposed: ${why}`);
  }
}

/** A plugin that never ends is left behind, because nothing can end it. */
function late(plugin: string, what: string, seconds: number): ArmatureError {
  return new ArmatureError("PLUGIN_FAILED", `plugin "${plugin}" has not ${what} within ${seconds} seconds`, { plugin });
}
