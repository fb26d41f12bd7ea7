/** How many providers a token may have in one application. */
export type Arity = "single" | "many";

/** Names a contract at run time. An interface and its token share one name, so `provides: [Memory]` reads as it means. */
export interface Token<T, A extends Arity = Arity> {
  readonly name: string;
  readonly arity: A;
  /** A registered symbol: two installed copies of this package mean the same contract. */
  readonly key: symbol;
  /** Never present; carries the type. */
  readonly type?: T;
}

/** A token that at most one plugin may provide. */
export function single<T>(name: string): Token<T, "single"> {
  return { name, arity: "single", key: Symbol.for(`armature.${name}`) };
}

/** A token that any number of plugins may provide. */
export function many<T>(name: string): Token<T, "many"> {
  return { name, arity: "many", key: Symbol.for(`armature.${name}`) };
}
