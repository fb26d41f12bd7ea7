import { readExamples } from "./examples.js";
import { collectPartials } from "./partials.js";
import { type PromptProblem, promptsInvalid } from "./problem.js";
import {
  PROMPT_NAME,
  PROMPT_ROLES,
  type Prompt,
  type PromptExample,
  PromptParameters,
  type PromptRole,
  type Template,
} from "./prompt.js";
import { parseVersion } from "./semantic-version.js";
import { splitAtMark } from "./stable-sections.js";

export interface PromptDefinition {
  readonly name: string;
  /** Semantic version: `2.0.0`. */
  readonly version: string;
  readonly description?: string;
  readonly parameters?: PromptParameters;
  /**
   * Mustache templates in the order in which they are sent. A line `<!-- varying -->` ends what is equal in every
   * request.
   */
  readonly messages: readonly { readonly role: PromptRole; readonly content: string }[];
  /** Solved cases, sent as pairs of messages in front of the last user message. */
  readonly examples?: readonly PromptExample[];
  /** What the messages include with `{{> name}}`. */
  readonly partials?: { readonly [name: string]: string };
}

/** A prompt that lives in code. Throws one `CONFIG_INVALID` that lists everything that is wrong with it. */
export function definePrompt(definition: PromptDefinition): Prompt {
  const { name, version, description } = definition;
  const source = `prompt ${name}@${version}`;
  const problems: PromptProblem[] = [];
  const report = (field: string, message: string) => problems.push({ source, field, message });

  if (!PROMPT_NAME.test(name)) report("name", "must consist of letters, digits, - and _");
  if (!parseVersion(version)) report("version", "must be a semantic version such as 2.0.0");
  if (definition.messages.length === 0) report("messages", "there must be at least one");
  for (const [index, { role }] of definition.messages.entries()) {
    if (!PROMPT_ROLES.includes(role)) report(`messages.${index}.role`, `must be one of ${PROMPT_ROLES.join(", ")}`);
  }
  const parameters = PromptParameters.safeParse(definition.parameters ?? {});
  for (const issue of parameters.error?.issues ?? []) report(["parameters", ...issue.path].join("."), issue.message);

  const toTemplate = (text: string, from: string): Template => ({ text, source: from, line: 1 });
  const sections = definition.messages.map(({ role, content }, index) => ({
    role,
    template: toTemplate(content, `${source}, message ${index + 1}`),
  }));
  const partials = Object.fromEntries(
    Object.entries(definition.partials ?? {}).map(([key, text]) => [
      key,
      toTemplate(text, `${source}, partial ${key}`),
    ]),
  );
  const used = collectPartials(
    sections.map((section) => section.template),
    partials,
    problems,
  );
  const examples =
    definition.examples === undefined
      ? []
      : readExamples(definition.examples, sections, { source, field: "examples" }, problems);
  if (problems.length > 0) throw promptsInvalid(problems);
  const marked = splitAtMark(sections, used, problems);
  if (problems.length > 0) throw promptsInvalid(problems);
  return {
    name,
    version,
    ...(description !== undefined && { description }),
    parameters: parameters.data!,
    ...marked,
    examples,
    partials: used,
    source,
  };
}
