import { RESERVED_VARIABLES } from "./frame-variables.js";
import { fieldSchemas, type JsonSchema, sectionSchemas } from "./json-schema.js";
import type { PromptProblem } from "./problem.js";
import type { Prompt } from "./prompt.js";
import type { TemplateTag } from "./template.js";
import { promptTags } from "./variables.js";

const open: JsonSchema = true;
const text: JsonSchema = { type: "string" };

function fields(properties: { readonly [name: string]: JsonSchema }): JsonSchema {
  return { type: "object", properties };
}

// The shape that `frameVariables` gives them.
const RESERVED: { readonly [name in (typeof RESERVED_VARIABLES)[number]]: JsonSchema } = {
  input: text,
  schema: text,
  passages: {
    type: "array",
    items: fields({
      id: text,
      documentId: text,
      text,
      score: text,
      store: text,
      start: text,
      end: text,
      metadata: open,
    }),
  },
  memories: {
    type: "array",
    items: fields({
      id: text,
      kind: text,
      text,
      messages: { type: "array", items: fields({ role: text, text }) },
    }),
  },
};

/**
 * Every variable of the prompt that neither the input's JSON Schema nor the frame provides, with the file and line
 * where it is asked for. Reports also an input field that a reserved variable hides, when the prompt asks for it.
 */
export function checkVariables(prompt: Prompt, inputSchema: JsonSchema): PromptProblem[] {
  const problems: PromptProblem[] = [];
  const report = (tag: TemplateTag, message: string) =>
    problems.push({ source: tag.source, line: tag.line, field: tag.name, message });

  // A scope is what a name is looked up in: one list of possible schemas; the innermost scope comes first.
  const lookup = (path: string, scopes: readonly JsonSchema[][]): JsonSchema[] => {
    const [first, ...rest] = path.split(".") as [string, ...string[]];
    const step = (schemas: readonly JsonSchema[], key: string) =>
      schemas.flatMap((schema) => fieldSchemas(schema, key, inputSchema));
    for (const scope of scopes) {
      const found = step(scope, first);
      if (found.length > 0) return rest.reduce(step, found);
    }
    return [];
  };

  const visit = (tags: readonly TemplateTag[], scopes: readonly JsonSchema[][]) => {
    for (const tag of tags) {
      if (tag.kind === "partial") {
        visit(tag.children, scopes);
        continue;
      }
      const inside = scopes.length > 2;
      const found = tag.name === "." ? (inside ? scopes[0]! : []) : lookup(tag.name, scopes);
      if (found.length === 0) report(tag, describeUnknown(prompt, tag, inputSchema));
      else if (isHidden(tag.name, scopes, inputSchema)) report(tag, HIDDEN);
      const scope = found.flatMap((schema) => sectionSchemas(schema, inputSchema));
      // What is unknown has been reported; its inside is not reported again.
      const inner = tag.kind === "section" ? [found.length === 0 ? [open] : scope, ...scopes] : scopes;
      visit(tag.children, inner);
    }
  };
  visit(promptTags(prompt), [[fields(RESERVED)], [inputSchema]]);
  return problems;
}

const HIDDEN = "an input field has this reserved name and is hidden by it; rename the field";

function isHidden(name: string, scopes: readonly JsonSchema[][], inputSchema: JsonSchema): boolean {
  const first = name.split(".")[0]!;
  if (!(RESERVED_VARIABLES as readonly string[]).includes(first)) return false;
  const nearer = scopes
    .slice(0, -2)
    .some((scope) => scope.some((schema) => fieldSchemas(schema, first, inputSchema).length > 0));
  return !nearer && fieldSchemas(inputSchema, first, inputSchema).some((schema) => schema !== true);
}

function describeUnknown(prompt: Prompt, tag: TemplateTag, inputSchema: JsonSchema): string {
  if (tag.name === ".") return "stands outside of any section over a list";
  const properties = typeof inputSchema === "object" ? Object.keys((inputSchema.properties as object) ?? {}) : [];
  const known = [...properties, ...RESERVED_VARIABLES].join(", ");
  return `unknown variable of prompt ${prompt.name}@${prompt.version}; there are: ${known}`;
}
