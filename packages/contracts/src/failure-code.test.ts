import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FAILURE_CODES } from "./failure-code.js";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

/** The paragraph under each second-level heading, by heading. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const lineEnd = section.indexOf("\n");
      return [section.slice(0, lineEnd), section.slice(lineEnd).trim()] as const;
    }),
);

describe("docs/errors.md", () => {
  it("has one section for every code, in the order of the code, and no other", () => {
    expect([...sections.keys()]).toEqual(Object.keys(FAILURE_CODES));
  });

  it.each(Object.entries(FAILURE_CODES))("says of %s whether a retry can help, and more", (code, { retryable }) => {
    const section = sections.get(code) ?? "";
    expect(section).toMatch(retryable ? /^Retry: yes\b/ : /^Retry: no\b/);
    expect(section.split(/\s+/).length).toBeGreaterThan(15);
  });
});

describe("FAILURE_CODES", () => {
  it.each(Object.entries(FAILURE_CODES))(
    "%s has a meaning and a remedy in whole sentences",
    (code, { meaning, remedy }) => {
      expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
      expect(meaning).toMatch(/^[A-Z].+\.$/);
      expect(remedy).toMatch(/^[A-Z].+\.$/);
    },
  );
});
