import type { input, output, ZodType } from "zod";
import type { GraphExtension } from "./graph-extension.js";
import type { Token } from "./token.js";

/** The version of these contracts. It moves only when a plugin written for the older one would break. */
export const CONTRACT_VERSION = 1;

/** All that a plugin's `setup` may do to the application: a narrow door, not the container. */
export interface Registrar {
  /** Provides a declared token, by an instance or by a class that the container builds (`@injectable`, `@inject`). */
  provide<T>(token: Token<T>, provider: T | { readonly useClass: new (...args: never[]) => T }): void;
  /** A declared requirement. Its provider has been set up before. */
  get<T>(token: Token<T, "single">): T;
  /** Every provider of a declared requirement; none is no error. */
  getAll<T>(token: Token<T, "many">): readonly T[];
  /** Runs when the application closes, in reverse order of set-up. */
  onDispose(dispose: () => void | Promise<void>): void;
}

export interface PluginDefinition<Options extends ZodType = ZodType> {
  /** Unique in an application. */
  readonly name: string;
  /** The contract version it was written for. */
  readonly contract: number;
  /** The plugin's own version; it stands in every record. */
  readonly version?: string;
  readonly provides?: readonly Token<unknown>[];
  /** Single tokens must have a provider; many-tokens only order the set-up. */
  readonly requires?: readonly Token<unknown>[];
  /** `tenant`: a run that names no tenant is refused. */
  readonly scope?: "tenant";
  readonly options?: Options;
  /** State fields and nodes that it adds to every task's graph. */
  readonly graph?: GraphExtension;
  /** Called once at boot, with parsed options, in dependency order. */
  setup?(registrar: Registrar, options: output<Options>): void | Promise<void>;
}

/** A definition with the options that one application gave it; they are parsed at boot. */
export interface Plugin {
  readonly definition: PluginDefinition;
  readonly options: unknown;
}

// Options may be left out when the schema is satisfied by an empty object or by nothing.
type FactoryArguments<Options extends ZodType> = [undefined] extends [input<Options>]
  ? [options?: input<Options>]
  : Record<never, never> extends input<Options>
    ? [options?: input<Options>]
    : [options: input<Options>];

export interface PluginFactory<Options extends ZodType> {
  (...args: FactoryArguments<Options>): Plugin;
  readonly definition: PluginDefinition<Options>;
}

/**
 * Declares a plugin and returns the function that applications call with their options. Nothing is checked and nothing
 * runs before the application boots: it reports every problem of every plugin at once, as `CONFIG_INVALID`.
 */
export function definePlugin<Options extends ZodType = ZodType<undefined, undefined>>(
  definition: PluginDefinition<Options>,
): PluginFactory<Options> {
  const erased = definition as unknown as PluginDefinition;
  const factory = (...args: unknown[]): Plugin => ({ definition: erased, options: args[0] });
  return Object.assign(factory, { definition }) as PluginFactory<Options>;
}
