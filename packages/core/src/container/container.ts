// tsyringe needs the reflection API before any decorated class is seen.
import "reflect-metadata";
import type { Token } from "@armature/contracts";
import { type DependencyContainer, type InjectionToken, container as root } from "tsyringe";

type ClassProvider<T> = { readonly useClass: new (...args: never[]) => T };

/**
 * What each plugin has provided, in a tsyringe container of the application's own. tsyringe takes the last of two
 * registrations in silence and hides a parent's `resolveAll`; so everything is registered as an instance in one
 * container, and arity is checked before anything gets here.
 */
export class Container {
  readonly #container: DependencyContainer = root.createChildContainer();
  readonly #counts = new Map<symbol, number>();

  /** Gives the instance that others will get. */
  add<T>(token: Token<T>, provider: T | ClassProvider<T>): T {
    const instance = isClassProvider(provider) ? this.#build(provider) : provider;
    this.#container.register(token.key as InjectionToken, { useValue: instance });
    this.#counts.set(token.key, (this.#counts.get(token.key) ?? 0) + 1);
    return instance;
  }

  has(token: Token<unknown>): boolean {
    return this.#counts.has(token.key);
  }

  get<T>(token: Token<T, "single">): T | undefined {
    return this.has(token) ? this.#container.resolve<T>(token.key as InjectionToken<T>) : undefined;
  }

  getAll<T>(token: Token<T, "many">): readonly T[] {
    return this.has(token) ? this.#container.resolveAll<T>(token.key as InjectionToken<T>) : [];
  }

  #build<T>({ useClass }: ClassProvider<T>): T {
    return this.#container.resolve<T>(useClass as unknown as InjectionToken<T>);
  }
}

function isClassProvider<T>(provider: T | ClassProvider<T>): provider is ClassProvider<T> {
  return typeof provider === "object" && provider !== null && "useClass" in provider;
}
