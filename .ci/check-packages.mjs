// Packs every public package as a user would get it and holds the tarball against publint and arethetypeswrong:
// what is tested is what is published. Also: no workspace-only export condition, README and licence inside.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "armature-pack-"));
const problems = [];
let checked = 0;

function publicPackages() {
  const folders = ["packages", "plugins"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return folders
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
    .filter(({ manifest }) => !manifest.private);
}

async function check({ folder, manifest }) {
  const { name } = manifest;
  const tarball = execFileSync("pnpm", ["pack", "--pack-destination", out], { cwd: folder, encoding: "utf8" })
    .trim()
    .split("\n")
    .at(-1);
  const data = readFileSync(tarball);
  const packed = execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" });
  const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
  const published = JSON.parse(packed);

  if (packed.includes("@armature/source"))
    problems.push(`${name}: the published manifest carries the workspace's source condition`);
  if (packed.includes("workspace:") || packed.includes("catalog:"))
    problems.push(`${name}: the published manifest carries workspace or catalog versions`);
  if (!files.some((file) => file === "package/README.md")) problems.push(`${name}: no README.md`);
  if (!files.some((file) => file === "package/dist/index.js"))
    problems.push(`${name}: nothing was built into dist before packing`);
  if (files.some((file) => /\.test\./.test(file))) problems.push(`${name}: tests are inside`);

  const lint = await publint({
    level: "warning",
    pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) },
  });
  problems.push(...lint.messages.map((message) => `${name}: ${formatMessage(message, published)}`));

  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
  // ESM only is a decision: what a CommonJS `require` sees is not held against a package.
  const wrong =
    types.types === false
      ? []
      : types.problems.filter((problem) => !["CJSResolvesToESM", "NoResolution"].includes(problem.kind));
  if (types.types === false) problems.push(`${name}: no types`);
  problems.push(...wrong.map((problem) => `${name}: ${problem.kind} ${JSON.stringify(problem)}`));
  checked += 1;
}

try {
  for (const one of publicPackages()) await check(one);
} finally {
  rmSync(out, { recursive: true, force: true });
}
for (const problem of problems) console.error(`✗ ${problem}`);
console.log(`${checked} packages packed and checked, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
