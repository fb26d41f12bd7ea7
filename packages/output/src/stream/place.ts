import { namesOf, resolve, type Shape, typesOf } from "../coerce/shape.js";
import { foldKey } from "../scan/node.js";

/** What may stand at one place of the answer. */
export interface Place {
  readonly shape: Shape;
  /** Whether a text is shown here while it grows: it stays what it is, where an enum or a number would replace it. */
  readonly grows: boolean;
  /** The shapes that an object may have here; none, when no object fits as it stands. */
  readonly objects: readonly Shape[];
  readonly lists: readonly Shape[];
}

/** The places of the fields of an object: those met of the keys that a shape names, and the one of all other keys. */
interface Fields {
  readonly named: Map<string, Place>;
  readonly others: Place | undefined;
}

/** The one shape that says nothing, so that its place is worked out once, too. */
const ANY: Shape = {};

/** The places of a schema, each worked out once. */
export class Places {
  readonly root: Place;
  readonly anything: Place;
  private readonly known = new Map<Shape, Place>();
  private readonly fields = new WeakMap<readonly Shape[], Fields>();

  constructor(readonly shape: Shape) {
    this.root = this.of(shape);
    this.anything = this.of(ANY);
  }

  of(shape: Shape): Place {
    let place = this.known.get(shape);
    if (place === undefined) {
      place = this.describe(shape);
      this.known.set(shape, place);
    }
    return place;
  }

  /** Where an item of a list goes. */
  item(shapes: readonly Shape[], index: number): Place {
    if (shapes.length === 1) {
      const item = itemOf(shapes[0]!, index);
      return typeof item === "object" ? this.of(item) : this.anything;
    }
    const items = shapes.map((shape) => itemOf(shape, index));
    return this.together(items.filter((item) => typeof item === "object"));
  }

  /** Where the value of a key goes; undefined where the schema has no such key and will leave it out. */
  field(shapes: readonly Shape[], key: string): Place | undefined {
    let fields = this.fields.get(shapes);
    if (fields === undefined) {
      fields = { named: new Map(), others: this.others(shapes) };
      this.fields.set(shapes, fields);
    }
    const found = fields.named.get(key);
    if (found !== undefined) return found;
    const known = shapes.filter((shape) => hasProperty(shape, key));
    if (known.length === 0) return fields.others;
    const place = this.together(known.map((shape) => shape.properties![key]!));
    fields.named.set(key, place);
    return place;
  }

  /** Where the values of keys go that no shape names. */
  private others(shapes: readonly Shape[]): Place | undefined {
    const open = shapes.filter((shape) => shape.additionalProperties !== undefined || shape.properties === undefined);
    const rest = open.flatMap(({ additionalProperties: rest = ANY }) =>
      rest === false ? [] : [rest === true ? ANY : rest],
    );
    return rest.length === 0 ? undefined : this.together(rest);
  }

  private together(shapes: readonly Shape[]): Place {
    const [first, ...others] = shapes;
    if (first === undefined) return this.anything;
    return others.length === 0 ? this.of(first) : this.describe({ anyOf: shapes });
  }

  private describe(shape: Shape): Place {
    const variants = variantsOf(shape, this.shape);
    const texts = variants.filter((one) => allows(one, "string") && one.dateObject !== true);
    const isFree = texts.some((one) => one.pattern === undefined && !(one.minLength ?? one.maxLength));
    return {
      shape,
      grows: texts.length > 0 && (isFree || !variants.some((one) => fixed(one) !== undefined)),
      objects: variants.filter((one) => allows(one, "object")),
      lists: variants.filter((one) => allows(one, "array")),
    };
  }
}

/** The members of a union, at any depth; the parts of an intersection, which share out the keys among them. */
function variantsOf(shape: Shape, root: Shape, met = new Set<Shape>()): readonly Shape[] {
  const own = resolve(shape, root);
  if (met.has(own)) return [];
  met.add(own);
  const members = own.anyOf ?? own.oneOf;
  if (members !== undefined) return members.flatMap((member) => variantsOf(member, root, met));
  if (own.allOf === undefined) return [own];
  const { allOf, ...rest } = own;
  const parts = allOf.flatMap((part) => variantsOf(part, root, met));
  return rest.properties === undefined ? parts : [rest, ...parts];
}

function itemOf(shape: Shape, index: number): Shape["items"] {
  return shape.prefixItems?.[index] ?? shape.items;
}

function fixed(shape: Shape): readonly unknown[] | undefined {
  return shape.enum ?? (shape.const === undefined ? undefined : [shape.const]);
}

function allows(shape: Shape, type: string): boolean {
  return fixed(shape) === undefined && (typesOf(shape)?.includes(type) ?? true);
}

function hasProperty(shape: Shape, key: string): boolean {
  return shape.properties !== undefined && Object.hasOwn(shape.properties, key);
}

/** The schema's name for a key that is spelled otherwise or is an alias, where only one is meant. */
export function nameOf(shapes: readonly Shape[], key: string, taken: object, root: Shape): string {
  const properties = shapes.length === 1 ? shapes[0]!.properties : undefined;
  if (properties === undefined || Object.hasOwn(properties, key)) return key;
  const absent = Object.keys(properties).filter((name) => !Object.hasOwn(taken, name));
  const aliased = absent.filter((name) => namesOf(resolve(properties[name]!, root)).includes(key));
  const folded = foldKey(key);
  const found = aliased.length > 0 ? aliased : absent.filter((name) => foldKey(name) === folded);
  return found.length === 1 ? found[0]! : key;
}

/** The members of a union that remain once one of their keys has a value: a discriminator leaves one. */
export function narrowed(shapes: readonly Shape[], key: string, value: unknown, root: Shape): readonly Shape[] {
  if (shapes.length < 2) return shapes;
  const left = shapes.filter((shape) => {
    const allowed = hasProperty(shape, key) ? fixed(resolve(shape.properties![key]!, root)) : undefined;
    return allowed === undefined || allowed.includes(value);
  });
  return left.length === 0 || left.length === shapes.length ? shapes : left;
}

/** Whether null stands for a key that may be left out. */
export function nullIsAbsent(shapes: readonly Shape[], key: string, place: Place, root: Shape): boolean {
  const optional = shapes.every((shape) => hasProperty(shape, key) && !shape.required?.includes(key));
  return (
    optional &&
    !variantsOf(place.shape, root).some((one) => fixed(one)?.includes(null) ?? typesOf(one)?.includes("null") ?? true)
  );
}
