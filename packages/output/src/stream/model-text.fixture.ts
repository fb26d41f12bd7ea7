import * as fc from "fast-check";
import { z } from "zod";

/** A schema with a place of each kind that a stream treats in a way of its own. */
export const Ticket = z.object({
  title: z.string(),
  kind: z.enum(["bug", "billing"]),
  score: z.number().optional(),
  isOpen: z.boolean(),
  tags: z.array(z.string()),
  steps: z.array(z.object({ at: z.int(), what: z.string() })),
  note: z.union([z.string(), z.null()]),
  by: z.discriminatedUnion("type", [
    z.object({ type: z.literal("person"), name: z.string() }),
    z.object({ type: z.literal("robot"), serial: z.int() }),
  ]),
  labels: z.record(z.string(), z.string()),
});

const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    'say "no", then go',
    "it's",
    "C:\\new\\quiet",
    "a\nb",
    "{x}",
    "[1]",
    "```",
    "\u{1f600}!",
    "</think>",
    "42",
  ),
);

const ticket = fc.record(
  {
    title: words,
    kind: fc.constantFrom("bug", "billing", "Bug", "other"),
    score: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom("1.5", null)),
    isOpen: fc.oneof(fc.boolean(), fc.constant("true")),
    tags: fc.oneof(fc.array(words, { maxLength: 3 }), words),
    steps: fc.array(fc.record({ at: fc.integer(), what: words }), { maxLength: 3 }),
    note: fc.oneof(words, fc.constant(null)),
    by: fc.oneof(
      fc.record({ type: fc.constant("person"), name: words }),
      fc.record({ type: fc.constant("robot"), serial: fc.integer() }),
    ),
    labels: fc.dictionary(words, words, { maxKeys: 3 }),
    Other: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ["title", "kind", "isOpen", "tags"] },
);

interface Style {
  readonly quote: string;
  readonly bareKeys: boolean;
  readonly comma: string;
  readonly trailing: string;
  readonly gap: string;
  readonly python: boolean;
  /** Leaves quotes and line ends inside texts as they are. */
  readonly raw: boolean;
}

const json: Style = { quote: '"', bareKeys: false, comma: ",", trailing: "", gap: "", python: false, raw: false };
const style = fc.oneof(
  fc.constant(json),
  fc.record({
    quote: fc.constantFrom('"', "'", "\u201c"),
    bareKeys: fc.boolean(),
    comma: fc.constantFrom(",", ", ", ",\n", "\n", ", // next\n", ",,"),
    trailing: fc.constantFrom("", ",", " "),
    gap: fc.constantFrom("", " ", "\n  ", "/* a */"),
    python: fc.boolean(),
    raw: fc.boolean(),
  }),
);

function write(value: unknown, style: Style): string {
  if (typeof value === "string") {
    const closer = style.quote === "\u201c" ? "\u201d" : style.quote;
    const inner = JSON.stringify(value).slice(1, -1);
    return `${style.quote}${style.raw ? value : style.quote === '"' ? inner : inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}${closer}`;
  }
  if (typeof value !== "object" || value === null) {
    const word = JSON.stringify(value);
    return style.python && typeof value !== "number"
      ? word.replace("null", "None").replace(/^[tf]/, (c) => c.toUpperCase())
      : word;
  }
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => write(item, style))
    : Object.entries(value).map(([key, item]) => {
        const name = style.bareKeys && /^[a-z]+$/i.test(key) ? key : write(key, { ...style, raw: false });
        return `${name}:${style.gap}${write(item, style)}`;
      });
  const body = parts.join(style.comma) + (parts.length > 0 ? style.trailing : "");
  return isList ? `[${body}]` : `{${style.gap}${body}${style.gap}}`;
}

const around = fc.constantFrom<[string, string]>(
  ["", ""],
  ["Sure, here it is:\n", "\nAnything else?"],
  ["```json\n", "\n```"],
  ['I use {braces} and [1]. <think>Maybe {"title":"draft"}</think>', ""],
  ['{"title":"draft"}</think>\n', "\n"],
  ["<scratchpad>", "</scratchpad>"],
  ["[see below]\n", ""],
);

/** What models write when they are asked for a {@link Ticket}, right, broken, cut and said twice. */
export const modelText = fc
  .tuple(
    fc.array(fc.tuple(ticket, style, around), { minLength: 1, maxLength: 2 }),
    fc.double({ min: 0, max: 2, noNaN: true }),
  )
  .map(([values, share]) => {
    const text = values.map(([value, style, [before, after]]) => `${before}${write(value, style)}${after}`).join(" ");
    return text.slice(0, Math.ceil(text.length * share));
  });

/** Any text of pieces that mean something to a reader. */
export const noise = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."{}[]\"'`:,\\/*#\n ".split(""),
        "...",
        "```",
        "//",
        "/*",
        "null",
        "<think>",
        "</think>",
        "\\u",
        "\\ud83d",
      ),
      fc.constantFrom(
        '"title"',
        '"kind"',
        '"bug"',
        "title:",
        '"tags":[',
        "1",
        "-",
        "2.5e",
        "True",
        "__proto__",
        '"__proto__":',
        "\u201c",
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));

/** Sizes of the pieces in which a text comes, used one after the other and again. */
export const chunking = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });

export function chunksOf(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}
