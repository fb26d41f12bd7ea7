import Mustache from "mustache";

/**
 * Looks values up among own properties only. The stock context also finds what objects inherit, and calls functions:
 * `{{constructor}}` must be empty, not a constructor that gets called.
 */
class DataContext extends Mustache.Context {
  override push(view: unknown): DataContext {
    return new DataContext(view, this);
  }

  override lookup(path: string): unknown {
    if (path === ".") return this.view;
    const [first, ...rest] = path.split(".") as [string, ...string[]];
    // The nearest context that has the first name wins, even where the rest of the path leads nowhere.
    let context: Mustache.Context | undefined = this;
    while (context && !hasOwn(context.view, first)) context = context.parent;
    if (!context) return undefined;
    return rest.reduce<unknown>((value, key) => own(value, key), own(context.view, first));
  }
}

/** Renders Mustache for models: nothing is escaped for HTML, and an object or list appears as its JSON. */
class PromptWriter extends Mustache.Writer {
  override escapedValue(token: string[], context: Mustache.Context): string {
    return textOf(context.lookup(token[1]!));
  }

  override unescapedValue(token: string[], context: Mustache.Context): string {
    return textOf(context.lookup(token[1]!));
  }
}

// The writer keeps what it has parsed; templates are as many as the application has prompts.
const writer = new PromptWriter();

export type Token = [type: string, value: string, start: number, end: number, ...rest: unknown[]];

/** Throws an Error whose message ends in `at <offset>` when the template is broken. */
export function parseMustache(text: string): Token[] {
  return writer.parse(text) as Token[];
}

export function renderMustache(
  text: string,
  variables: { readonly [name: string]: unknown },
  partials: (name: string) => string | undefined,
): string {
  return writer.render(text, new DataContext(variables), partials as (name: string) => string);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function hasOwn(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function own(value: unknown, key: string): unknown {
  return hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
