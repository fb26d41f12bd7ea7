import { z } from "zod";

const prose = new WeakSet<z.ZodType>();

/** The schema of a prose answer: the text is the value, and nothing in it is read as JSON. */
export function text(): z.ZodString {
  const schema = z.string();
  prose.add(schema);
  return schema;
}

/** Whether a schema came from {@link text}, also after refinements were added to it. */
export function isText(schema: z.ZodType): boolean {
  let current: z.core.$ZodType | undefined = schema;
  while (current !== undefined) {
    if (prose.has(current as z.ZodType)) return true;
    current = current._zod.parent;
  }
  return false;
}
