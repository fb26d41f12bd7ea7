// The commands that work from a fresh clone with nothing but Node and npm: `demo`, `test`, `check`.
// Each installs with the pinned pnpm (frozen lock file), builds, and then does its own part.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
const [, , command, ...rest] = process.argv;

// A machine-readable last line on stdout is part of `demo -- --json`, so progress goes to stderr.
const say = (text) => process.stderr.write(`\n▸ ${text}\n`);

function stop(sentence) {
  process.stderr.write(`\n✗ ${sentence}\n`);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Armature needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  }
}

// hnswlib-node compiles its addon once; after that neither compiler nor Python is needed.
function requireCompiler() {
  if (existsSync(`${root}/node_modules/.modules.yaml`)) return;
  const has = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
  if (process.platform === "win32") return;
  if (!has("c++") && !has("g++") && !has("clang++"))
    stop("A C++ compiler is missing (hnswlib-node compiles its addon): install g++ or clang.");
  if (!has("make")) stop("make is missing (hnswlib-node compiles its addon): install it.");
  if (!has("python3")) stop("Python 3 is missing (node-gyp needs it to compile hnswlib-node): install it.");
}

function pnpm(what, args, output = 2) {
  say(what);
  const run = spawnSync("npx", ["-y", manifest.packageManager, ...args], {
    cwd: root,
    stdio: ["ignore", output, 2],
    shell: process.platform === "win32",
  });
  if (run.error) stop(`${what} could not start: ${run.error.message}`);
  if (run.status !== 0) stop(`${what} failed (exit code ${run.status}); the reason is above.`);
}

// One compiler for all of them takes a fifth of the time that one for each takes, and again only what has changed.
function projects() {
  return ["packages", "plugins", "examples"]
    .flatMap((group) => readdirSync(`${root}/${group}`).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(`${root}/${folder}/tsconfig.json`));
}

function prepare() {
  requireNode();
  requireCompiler();
  pnpm("Installing", ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirm-modules-purge=false"]);
  pnpm("Building", ["exec", "tsc", "-b", ...projects()]);
}

const commands = {
  demo: () =>
    pnpm("Inbox triage", ["--silent", "--filter", "@armature/example-inbox-triage", "run", "start", ...rest], 1),
  test: () => pnpm("Testing", ["exec", "vitest", "run", "--config", ".config/vitest.ts", ...rest], 1),
  check: () => {
    pnpm("Lint", ["run", "--silent", "lint"], 1);
    pnpm("Types of the tests", ["run", "--silent", "types"], 1);
    pnpm("Dependency directions", ["run", "--silent", "directions"], 1);
    pnpm("Packages", ["run", "--silent", "packages"], 1);
  },
};

if (!Object.hasOwn(commands, command)) stop(`Say one of: ${Object.keys(commands).join(", ")}.`);
prepare();
commands[command]();
