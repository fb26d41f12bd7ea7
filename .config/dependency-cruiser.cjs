// Who may import whom: an import points down, never up or sideways. `docs/architecture.md` has the picture.
const organs = "output|resilience|budget|prompts|journal";
const faces = "cli|evals|bench";
const isTest = "\\.(test|fixture|bench)\\.ts$";

/** `from` may not import `to`, except in tests. */
function forbid(name, comment, from, to, tests = false) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: from, ...(tests ? {} : { pathNot: isTest }) },
    to: { path: to },
  };
}

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    forbid(
      "contracts-is-ground",
      "contracts imports no other package",
      "^packages/contracts/",
      "^(packages/(?!contracts/)|plugins/|examples/)",
    ),
    forbid(
      "sqlite-is-ground",
      "sqlite stands on contracts alone",
      "^packages/sqlite/",
      "^(packages/(?!contracts/|sqlite/)|plugins/|examples/)",
    ),
    forbid(
      "organs-stand-on-ground",
      "an organ imports contracts and sqlite and nothing beside or above it",
      `^packages/(${organs})/`,
      `^(packages/(core|testkit|${faces})/|plugins/|examples/)`,
    ),
    ...organs.split("|").map((organ) => {
      const others = organs.split("|").filter((one) => one !== organ);
      return forbid(
        `${organ}-alone`,
        "organs do not know each other",
        `^packages/${organ}/`,
        `^packages/(${others.join("|")})/`,
      );
    }),
    forbid(
      "core-below-faces",
      "core imports no face, no plugin, no testkit",
      "^packages/core/",
      `^(packages/(testkit|${faces})/|plugins/|examples/)`,
    ),
    forbid(
      "faces-are-published",
      "a face imports no plugin, no testkit, no bench",
      "^packages/(cli|evals)/",
      "^(packages/(testkit|bench)/|plugins/|examples/)",
    ),
    forbid("evals-below-cli", "cli stands on evals, not evals on cli", "^packages/evals/", "^packages/cli/", true),
    forbid(
      "testkit-on-contracts",
      "testkit stands on contracts",
      "^packages/testkit/",
      "^(packages/(?!contracts/|testkit/)|plugins/|examples/)",
    ),
    forbid(
      "plugins-are-siblings",
      "a plugin stands on contracts and organs, never on core or a face",
      "^plugins/",
      `^(packages/(core|testkit|${faces})/|examples/)`,
    ),
    forbid("core-in-tests-of-plugins", "not even a plugin's test imports core", "^plugins/", "^packages/core/", true),
    {
      name: "plugins-do-not-import-plugins",
      severity: "error",
      from: { path: "^plugins/([^/]+)/" },
      to: { path: "^plugins/([^/]+)/", pathNot: "^plugins/$1/" },
    },
    {
      name: "tsyringe-in-one-folder",
      comment: "the container is an implementation detail of core",
      severity: "error",
      from: { pathNot: "^packages/core/src/container/" },
      to: { path: "node_modules/(tsyringe|reflect-metadata)/" },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    includeOnly: "^(packages|plugins|examples)/|node_modules/(tsyringe|reflect-metadata)/",
    exclude: { path: "/(dist|node_modules/\\.)/" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@armature/source", "import", "node", "default"],
      extensions: [".ts", ".js"],
    },
  },
};
