import { ArmatureError } from "@armature/contracts";
import { promptsInvalid } from "./problem.js";
import type { Prompt } from "./prompt.js";
import { compareVersions, parseVersion, type SemanticVersion } from "./semantic-version.js";

/** The prompts of an application. */
export interface PromptLibrary {
  /** By name, oldest version first. */
  readonly prompts: readonly Prompt[];
  /**
   * The newest release that a reference allows: `triage@2` any 2.x, `triage@2.1` any 2.1.x, `triage@2.1.0` that one,
   * `triage` any. A prerelease is found by its full version only. Throws `PROMPT_UNKNOWN`, which names what exists.
   */
  resolve(reference: string): Prompt;
}

interface Entry {
  readonly prompt: Prompt;
  readonly version: SemanticVersion;
}

/** A library of these prompts. Two with the same name and version are `CONFIG_INVALID`. */
export function promptLibrary(prompts: readonly Prompt[]): PromptLibrary {
  const byName = new Map<string, Entry[]>();
  for (const prompt of prompts) {
    const entries = byName.get(prompt.name) ?? [];
    const twin = entries.find((entry) => entry.prompt.version === prompt.version);
    if (twin) {
      const message = `${prompt.name}@${prompt.version} exists already in ${twin.prompt.source}; raise the version`;
      throw promptsInvalid([{ source: prompt.source, field: "version", message }]);
    }
    entries.push({ prompt, version: parseVersion(prompt.version)! });
    byName.set(prompt.name, entries);
  }
  const names = [...byName.keys()].sort();
  for (const entries of byName.values()) entries.sort((a, b) => compareVersions(a.version, b.version));
  const sorted = names.flatMap((name) => byName.get(name)!.map((entry) => entry.prompt));

  return {
    prompts: sorted,
    resolve(reference) {
      const [name = "", range, ...rest] = reference.split("@");
      const allowed = rest.length === 0 ? rangeOf(range) : undefined;
      const found = allowed && byName.get(name)?.findLast((entry) => allowed(entry.version, entry.prompt.version));
      if (found) return found.prompt;
      throw new ArmatureError("PROMPT_UNKNOWN", describeMiss(reference, name, allowed !== undefined, byName), {
        details: { reference, known: sorted.map((prompt) => `${prompt.name}@${prompt.version}`) },
      });
    },
  };
}

function rangeOf(range: string | undefined): ((version: SemanticVersion, text: string) => boolean) | undefined {
  if (range === undefined) return (version) => version.prerelease.length === 0;
  if (parseVersion(range)) return (_version, text) => text === range;
  const partial = /^(\d+)(?:\.(\d+))?$/.exec(range);
  if (!partial) return undefined;
  const [major, minor] = [Number(partial[1]), partial[2] === undefined ? undefined : Number(partial[2])];
  return (version) =>
    version.prerelease.length === 0 && version.major === major && (minor === undefined || version.minor === minor);
}

function describeMiss(reference: string, name: string, wellFormed: boolean, byName: Map<string, Entry[]>): string {
  if (!wellFormed) return `"${reference}" is not a prompt reference; write name@major, such as triage@2`;
  const entries = byName.get(name);
  if (entries) {
    const versions = entries.map((entry) => entry.prompt.version).join(", ");
    return `there is no prompt "${reference}"; the versions of ${name} are: ${versions}`;
  }
  const names = [...byName.keys()].sort().join(", ") || "none";
  return `there is no prompt "${reference}"; the prompts are: ${names}`;
}
