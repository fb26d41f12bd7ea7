/** How many providers a token may have in one application. */
export type Arity = "single" | "many";

/** Names a contract at run time. An interface and its token share one name, so `provides: [Memory]` reads as it means. */
export interface Token<T, A extends Arity = Arity> {
  readonly name: string;
  readonly arity: A;
  /** A registered symbol: two installed copies of this package mean the same contract. */
  readonly key: symbol;
  /** What every provider has, so that one without it is found at boot and not by the first request. */
  readonly members?: Members;
  /** Never present; carries the type. */
  readonly type?: T;
}

/** By name, what `typeof` says of it. */
export type Members<Name extends string = string> = {
  readonly [name in Name]?: "function" | "object" | "string" | "number";
};

/** A token that at most one plugin may provide. */
export function single<T>(name: string, members: Members<keyof T & string> = {}): Token<T, "single"> {
  return { name, arity: "single", key: Symbol.for(`armature.${name}`), members };
}

/** A token that any number of plugins may provide. */
export function many<T>(name: string, members: Members<keyof T & string> = {}): Token<T, "many"> {
  return { name, arity: "many", key: Symbol.for(`armature.${name}`), members };
}

/** Why `provider` cannot be what the token names; nothing where it has every member. */
export function misfitOf({ name, members = {} }: Token<unknown>, provider: unknown): string | undefined {
  if (typeof provider !== "object" || provider === null) return `is no ${name} but ${kindOf(provider)}`;
  const wrong = Object.entries(members).find(([key, kind]) => kindOf(provider[key as never]) !== kind);
  return wrong && `is no ${name}: its ${wrong[0]} is ${kindOf(provider[wrong[0] as never])} and not ${wrong[1]}`;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
