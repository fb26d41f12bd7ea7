import { defineConfig } from "vitest/config";

// Tests run on the sources: the export condition `@armature/source` leads to `src/index.ts` of every package.
// Vitest resolves through the server-side list, so `resolve.conditions` alone would not do.
const conditions = ["@armature/source", "node", "import", "default"];

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["{packages,plugins,examples}/*/src/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: "forks",
  },
});
