import type { JsonObject, JsonValue, Random } from "@armature/contracts";
import { seededRandom } from "@armature/testkit";

/** One value as JSON and as a model writes it on a bad day. */
interface SpeedText {
  readonly value: JsonValue;
  /** As `JSON.stringify` writes it: also what the broken text is when it is repaired. */
  readonly valid: string;
  readonly broken: string;
}

const WORDS = "order invoice refund late parcel the of a customer's total is paid café naïve 12.50 yes until".split(
  " ",
);

/** About `bytes` of records with text, numbers, lists and objects in them, the same for the same seed. */
export function speedText(bytes: number, seed: number): SpeedText {
  const random = seededRandom(seed);
  const records: JsonObject[] = [];
  for (let length = 0; length < bytes; length += JSON.stringify(records[records.length - 1]).length + 1) {
    records.push(record(records.length + 1, random));
  }
  const value: JsonValue = { records };
  const broken = `Here is the list you asked for:\n\`\`\`json\n${new Untidy(random).write(value)}\n\`\`\`\nTell me if more is needed.`;
  return { value, valid: JSON.stringify(value), broken };
}

function record(id: number, random: Random): JsonObject {
  const words = (most: number) =>
    Array.from({ length: 1 + Math.floor(random.next() * most) }, () => pick(WORDS, random)).join(" ");
  return {
    id,
    title: words(6),
    open: random.next() < 0.5,
    total: Math.round(random.next() * 1e6) / 100,
    tags: Array.from({ length: Math.floor(random.next() * 4) }, () => words(1)),
    note: random.next() < 0.3 ? `${words(20)}\n${words(10)}` : words(30),
    sender: { name: words(2), mail: `${id}@acme.example`, phone: null },
  };
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random.next() * list.length)]!;
}

/** How often a place departs from JSON where it can. */
const SHARE = 0.15;

/** Writes JSON with trailing commas, single quotes, bare keys, comments and raw line breaks strewn in. */
class Untidy {
  constructor(private readonly random: Random) {}

  write(value: JsonValue): string {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const isList = Array.isArray(value);
    const parts = isList
      ? value.map((item) => this.write(item))
      : Object.entries(value).map(([key, field]) => `${this.key(key)}: ${this.write(field)}`);
    const comma = parts.length > 0 && this.now() ? "," : "";
    const body = parts.join(this.now() ? ", /* next */ " : ", ") + comma;
    return isList ? `[${body}]` : `{${body}}${this.now() ? " // checked\n" : ""}`;
  }

  private text(value: string): string {
    // An apostrophe inside would leave single quotes more than one reading.
    if (!value.includes("'") && this.now()) return `'${value.replaceAll("\n", "\\n")}'`;
    const json = JSON.stringify(value);
    return this.now() ? json.replaceAll("\\n", "\n") : json;
  }

  private key(key: string): string {
    return this.now() ? key : JSON.stringify(key);
  }

  private now(): boolean {
    return this.random.next() < SHARE;
  }
}
