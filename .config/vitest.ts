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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Some promises are bounds in real milliseconds; a shared machine may miss one for reasons of its own.
    retry: process.env.CI ? 2 : 0,
    pool: "forks",
  },
});
