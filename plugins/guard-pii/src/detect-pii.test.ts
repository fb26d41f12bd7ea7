import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectPii } from "./detect-pii.js";
import { PII_KINDS } from "./kind.js";

const found = (text: string) => detectPii(text).map(({ start, end, label }) => [label, text.slice(start, end)]);

describe("detectPii", () => {
  it.each([
    ["EMAIL", "Write to ", "ada.lovelace+maths@analytical-engine.co.uk", "."],
    ["EMAIL", "From: <", "josé@münchen.example", ">"],
    ["PHONE", "Ring ", "+46 (0)179 459 33", " today"],
    ["PHONE", "at Apt 12 ", "541-714-1388", ", thanks"],
    ["PHONE", "or ", "(311)905-4466x8827", "."],
    ["PHONE", "my mobile is ", "73 448 266", ""],
    ["PHONE", "at ", "001-204-821-0538x16944", ""],
    ["CARD", "card ", "4111 1111 1111 1111", " please"],
    ["CARD", "card ", "378282246310005", "."],
    ["IBAN", "to ", "DE89 3704 0044 0532 0130 00", " by noon"],
    ["IBAN", "to ", "gb82west12345698765432", ""],
    ["SSN", "SSN ", "219-09-9999", "."],
    ["SSN", "social security number: ", "219099999", "."],
    ["IP", "from ", "109.38.226.13", ":8080"],
    ["IP", "from ", "2001:db8::8a2e:370:7334", "."],
    ["NATIONAL_ID", "DNI ", "12345678Z", "."],
    ["NATIONAL_ID", "CF ", "RSSMRA85T10A562S", "."],
    ["NATIONAL_ID", "NIR ", "1 84 12 76 451 089 46", "."],
    ["CARD", "full-width ", "４１１１１１１１１１１１１１１１", "。"],
    ["PHONE", "no-break ", "+1\u00a0541\u2011714\u20111388", "."],
  ])("finds %s exactly: %s«%s»%s", (label, before, match, after) => {
    expect(found(before + match + after)).toEqual([[label, match]]);
  });

  it.each([
    "Invoice 2024-03-15, paid 1,234,567.89 USD on 12.11.2024 at 10:30:15",
    "card 4111111111111112 fails its sum",
    "GB82WEST12345698765431 fails its sum",
    "SSN 000-12-3456, 666-12-3456, 123-00-4567 and 123-45-0000 were never given out",
    "localhost is 127.0.0.1 or ::1, std::vector is neither, 300.1.2.3 is none",
    "12345678A has the wrong letter",
    "@handle, a@b, user@localhost, @@@@",
    "commit 4f8ac99edc86faf959885f63375e8a2a, order #1234567890",
  ])("finds nothing in %s", (text) => {
    expect(found(text)).toEqual([]);
  });

  it("joins overlapping findings under the surest label", () => {
    expect(found("call 4111-1111-1111-1111 now")).toEqual([["CARD", "4111-1111-1111-1111"]]);
  });

  it("looks only for the kinds it is asked for", () => {
    expect(detectPii("a@b.example 219-09-9999", ["ssn"]).map(({ label }) => label)).toEqual(["SSN"]);
  });

  it.each([
    ["PHONE", "call 12-34-56"],
    ["CARD", "500000000009"],
    ["IBAN", "NO9386011117947"],
    ["SSN", "219-09-9999"],
    ["IP", "a::1"],
    ["NATIONAL_ID", "X1234567L"],
    ["NATIONAL_ID", "RSSMRAURLLMHRLMM"],
    ["EMAIL", "a@b.co"],
  ])("searches for %s in a text that has the fewest digits it can have: %s", (label, text) => {
    expect(found(text).map(([kind]) => kind)).toEqual([label]);
  });

  const fragment = fc.oneof(
    fc.constantFrom(
      "4111 1111",
      " 1111 1111",
      "a@b.co",
      "+1 541",
      "-714-",
      "1388",
      "DE89",
      "37040044",
      "::",
      "1.2.3.4",
      "219-09-",
    ),
    fc.string({ unit: "grapheme", maxLength: 6 }),
  );

  it("keeps every span inside the text, in order and apart", () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 20 }), (fragments) => {
        const text = fragments.join("");
        let reached = 0;
        for (const { start, end, score } of detectPii(text)) {
          expect(start).toBeGreaterThanOrEqual(reached);
          expect(end).toBeGreaterThan(start);
          expect(score).toBeGreaterThan(0);
          reached = end;
        }
        expect(reached).toBeLessThanOrEqual(text.length);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("finds again what it found, wherever it stands", () => {
    const secrets = fc.constantFrom(
      "ada@lovelace.example",
      "+46 8 928 571 38",
      "4111111111111111",
      "DE89370400440532013000",
    );
    fc.assert(
      fc.property(secrets, fc.lorem(), fc.lorem(), (secret, before, after) => {
        expect(found(`${before} ${secret} ${after}`).map(([, text]) => text)).toEqual([secret]);
      }),
      { seed: 11 },
    );
  });

  // A quadratic detector would take sixteen times as long on four times the text. CPU time, for busy machines.
  it.each(["1", "1 ", "a@", "aa", "@", "4111 ", "(1", "1-", ":", "a:", "1.", "GB", "GB82 ", "X", "ssn ", "A1 ", "٣"])(
    "takes linear time on a repeated %j",
    (unit) => {
      const time = (chars: number) => {
        const text = unit.repeat(chars / unit.length);
        const started = process.cpuUsage();
        detectPii(text);
        return process.cpuUsage(started).user / 1000;
      };
      time(20_000);
      const short = time(50_000);
      expect(time(200_000)).toBeLessThan(Math.max(short * 10, 500));
    },
  );

  it("knows a label for every kind", () => {
    expect(PII_KINDS.map((kind) => detectPii("nothing here", [kind]))).toEqual(PII_KINDS.map(() => []));
  });
});
