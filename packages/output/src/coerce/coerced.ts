import type { JsonPath, JsonValue } from "@armature/contracts";
import type { CoercionKind, ScalarCoercion } from "./scalar.js";
import type { Shape } from "./shape.js";

export interface CoercionChange {
  readonly kind: CoercionKind;
  readonly path: JsonPath;
  /** The same with the keys of the text. */
  readonly written: JsonPath;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface Coerced {
  readonly json: JsonValue;
  readonly changes: readonly CoercionChange[];
  /** How many places still do not have the shape. */
  readonly misfits: number;
  /** The JSON without the keys that its schema drops, where there are such; it is compared to tell members of a union apart. */
  readonly kept?: JsonValue;
  /** Places where members of a union fit with different values. */
  readonly ambiguous: readonly JsonPath[];
}

/** A place in the JSON as a chain from below: its path is spelled out only where something is to be said. */
export interface Place {
  readonly up: Place | null;
  readonly key: string | number;
  /** The key in the text, where that is another one. */
  readonly written?: string;
}

export function pathOf(place: Place | null): JsonPath {
  const path: (string | number)[] = [];
  for (let one = place; one !== null; one = one.up) path.push(one.key);
  return path.reverse();
}

/** The same with the keys of the text. */
export function writtenPathOf(place: Place | null): JsonPath {
  const path: (string | number)[] = [];
  for (let one = place; one !== null; one = one.up) path.push(one.written ?? one.key);
  return path.reverse();
}

/** Brings a value nearer to a shape. */
type Coerce = (json: JsonValue, shape: Shape, context: CoercionContext, path: Place | null) => Coerced;

export interface CoercionContext {
  readonly root: Shape;
  readonly without: ReadonlySet<CoercionKind>;
  /** The number at a place as the model wrote it. */
  readonly rawNumber: (place: Place | null, value: number) => string;
  /** For the parts of a value. */
  readonly coerce: Coerce;
  /** Results for a part and a union that were met before: unions inside unions ask for the same ones again. */
  readonly known: Map<object, Map<readonly Shape[], Coerced>>;
}

const NONE: readonly never[] = [];

export function asIs(json: JsonValue): Coerced {
  return { json, changes: NONE, misfits: 0, ambiguous: NONE };
}

export function misfit(json: JsonValue): Coerced {
  return { json, changes: NONE, misfits: 1, ambiguous: NONE };
}

/** One change, or a misfit where its kind is switched off. */
export function change(
  kind: CoercionKind,
  before: JsonValue,
  after: JsonValue,
  context: CoercionContext,
  path: Place | null,
): Coerced {
  if (context.without.has(kind)) return misfit(before);
  return {
    json: after,
    changes: [{ kind, path: pathOf(path), written: writtenPathOf(path), before, after }],
    misfits: 0,
    ambiguous: NONE,
  };
}

/** What `read` makes of a text; everything else is a misfit. */
export function fromText(
  json: JsonValue,
  read: (text: string) => ScalarCoercion | undefined,
  context: CoercionContext,
  path: Place | null,
): Coerced {
  const found = typeof json === "string" ? read(json) : undefined;
  return found === undefined ? misfit(json) : change(found.kind, json, found.json, context, path);
}

/** The second result after the first, with what both changed and could not. */
export function chain(first: Coerced, second: Coerced): Coerced {
  const tally = new Tally();
  tally.add(first);
  tally.add(second);
  return tally.of(second.json, second.kept);
}

/** Sums up results in time linear in what they hold. */
export class Tally {
  misfits = 0;
  private changes: CoercionChange[] | undefined;
  private ambiguous: JsonPath[] | undefined;

  add(result: Coerced): void {
    this.misfits += result.misfits;
    for (const one of result.changes) {
      this.changes ??= [];
      this.changes.push(one);
    }
    for (const one of result.ambiguous) {
      this.ambiguous ??= [];
      this.ambiguous.push(one);
    }
  }

  of(json: JsonValue, kept?: JsonValue): Coerced {
    const own = { json, changes: this.changes ?? NONE, misfits: this.misfits, ambiguous: this.ambiguous ?? NONE };
    return kept === undefined ? own : { ...own, kept };
  }
}
