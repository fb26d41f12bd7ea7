import { type ZodType, z } from "zod";
import type { PromptProblem } from "./problem.js";
import type { Prompt, PromptExample, PromptSection } from "./prompt.js";
import { readYaml } from "./yaml.js";

const Examples = z.array(z.strictObject({ input: z.json(), output: z.json() })).min(1, "there must be at least one");

/** Checks examples that were written in code or read from YAML. */
export function readExamples(
  value: unknown,
  sections: readonly PromptSection[],
  place: Omit<PromptProblem, "message">,
  problems: PromptProblem[],
): readonly PromptExample[] {
  const parsed = Examples.safeParse(value);
  for (const { path, message } of parsed.error?.issues ?? []) {
    problems.push({ ...place, field: [place.field, ...path.map(String)].join("."), message });
  }
  if (!sections.some(({ role }) => role === "user")) {
    problems.push({ ...place, message: "examples need a user message: it is filled with each input" });
  }
  return (parsed.data as PromptExample[] | undefined) ?? [];
}

/** The content of a section `## examples`: a YAML list of `input` and `output`. */
export function parseExamples(
  text: string,
  sections: readonly PromptSection[],
  place: { readonly source: string; readonly line: number },
  problems: PromptProblem[],
): readonly PromptExample[] {
  const yaml = readYaml(text, (line, message) => {
    problems.push({ source: place.source, line: place.line + line - 1, message });
  });
  if (!yaml) return [];
  return readExamples(yaml.value, sections, { ...place, field: "examples" }, problems);
}

/** Whatever of a prompt's examples the task would not take or not accept: an example that lies teaches to lie. */
export function checkExamples(prompt: Prompt, input: ZodType, output: ZodType): PromptProblem[] {
  return prompt.examples.flatMap((example, index) =>
    (["input", "output"] as const).flatMap((side) => {
      const parsed = (side === "input" ? input : output).safeParse(example[side]);
      return (parsed.error?.issues ?? []).map(({ path, message }) => ({
        source: prompt.source,
        field: ["examples", index, side, ...path.map(String)].join("."),
        message,
      }));
    }),
  );
}
