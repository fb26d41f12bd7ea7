import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

const folders = ["packages", "plugins"]
  .flatMap((group) => readdirSync(new URL(group, root)).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(new URL(`${folder}/src/index.ts`, root)));

interface Exported {
  readonly name: string;
  readonly isType: boolean;
}

/** What the source of an entry names in its exports: in lists, or in front of a declaration. */
function exportsOf(source: string): Exported[] {
  const lists = [...source.matchAll(/^export (type )?\{(.*?)\}/gms)].flatMap(([, type, list = ""]) =>
    list
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => ({ name: part.replace(/^type /, ""), isType: Boolean(type) || part.startsWith("type ") })),
  );
  const declared = [...source.matchAll(/^export (?:async )?(function|const|class|interface|type) (\w+)/gm)].map(
    ([, kind, name = ""]) => ({ name, isType: kind === "interface" || kind === "type" }),
  );
  return [...lists, ...declared];
}

/** Every entry of a package: `.`, and the subpaths that it publishes. */
function entriesOf(folder: string): Exported[] {
  const { exports } = JSON.parse(read(`${folder}/package.json`)) as {
    exports: Record<string, { "@armature/source"?: string }>;
  };
  return Object.values(exports).flatMap(({ "@armature/source": file }) =>
    file ? exportsOf(read(`${folder}/${file.replace("./", "")}`)) : [],
  );
}

/** The names in the first column of the tables that list exports. */
function namesIn(readme: string): string[] {
  const tables = readme.matchAll(/^\| *(?:Export|Name)\b.*\n\|[-| :]+\n((?:\|.*\n?)+)/gm);
  const cells = [...tables].flatMap(([, rows = ""]) => rows.split("\n").map((row) => row.split("|")[1] ?? ""));
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = ""]) => name));
}

describe.each(folders)("the README of %s", (folder) => {
  const exported = entriesOf(folder);
  const listed = namesIn(read(`${folder}/README.md`));

  it("lists every value that the package exports", () => {
    const values = exported.filter(({ isType }) => !isType).map(({ name }) => name);
    expect(values.filter((name) => !listed.includes(name))).toEqual([]);
  });

  it("lists nothing that is not exported", () => {
    const names = exported.map(({ name }) => name);
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  });
});
