import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digest } from "./digest.js";

describe("digest", () => {
  test("is SHA-256 over salt and canonical JSON, and the JSON's size", () => {
    const text = '{"a":[1,null],"ü":"x"}';
    const hash = createHash("sha256").update(`s\0${text}`).digest("hex");
    expect(digest({ ü: "x", a: [1, null] }, "s")).toEqual({ hash, bytes: 23 });
  });

  test("depends on the content and the salt, not on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, salt) => {
        const json = JSON.parse(JSON.stringify(value));
        const reversed = Object.fromEntries(Object.entries(json).reverse()) as typeof json;
        expect(digest(reversed, salt)).toEqual(digest(json, salt));
        expect(digest(json, `${salt}!`).hash).not.toBe(digest(json, salt).hash);
        expect(digest([json], salt).hash).not.toBe(digest(json, salt).hash);
      }),
    );
  });
});
