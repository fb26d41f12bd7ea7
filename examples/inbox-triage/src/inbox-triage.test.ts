import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteBudgetStore } from "@armature/budget";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoResult, runDemo } from "./demo.js";
import { loadEmails, readEmail } from "./emails.js";
import { wrongFields } from "./oracle.js";

const COUNT = 80;

describe("inbox triage", () => {
  const folder = mkdtempSync(join(tmpdir(), "inbox-triage-"));
  const startedAt = Date.now();
  let result: DemoResult;
  beforeAll(async () => {
    result = await runDemo({ count: COUNT, seed: 7, folder });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("stores no wrong row, and nearly every e-mail", () => {
    const { figures } = result.armature;
    expect(figures.wrong).toBe(0);
    expect(figures.crashes).toBe(0);
    expect(figures.stored).toBeGreaterThanOrEqual(0.97 * COUNT);
    expect(figures.stored + figures.quarantined).toBe(COUNT);
  });

  it("needs few calls for it", () => {
    expect(result.armature.figures.calls).toBeLessThanOrEqual(1.6 * COUNT);
    expect(result.armature.figures.calls).toBeGreaterThan(COUNT);
  });

  it("writes a reason for whatever it quarantines", () => {
    const lines = readFileSync(join(folder, "quarantine.jsonl"), "utf8").split("\n").filter(Boolean);
    expect(lines).toHaveLength(result.armature.figures.quarantined);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  it("shows a provider that hurts whoever trusts it", () => {
    expect(result.raw.wrong).toBeGreaterThan(0);
    expect(result.raw.crashes).toBeGreaterThan(0);
  });

  it("comes to the same outcome for every request when it is replayed from the journal", () => {
    expect(result.armature.replays).toEqual({ equal: COUNT, different: [] });
  });

  it("has charged to the day's budget what its outcomes say, and holds nothing any more", async () => {
    const budgets = sqliteBudgetStore({ path: join(folder, "armature.db") });
    const accounts = [Date.now(), startedAt].map((at) => `task:triage/day:${new Date(at).toISOString().slice(0, 10)}`);
    const balances = await budgets.balances([...new Set(accounts)], Date.now());
    await budgets.close();
    const sum = (part: "settledMicroUsd" | "heldMicroUsd") => balances.reduce((all, one) => all + one[part], 0);
    expect(sum("heldMicroUsd")).toBe(0);
    expect(sum("settledMicroUsd") / 1_000_000).toBeCloseTo(result.armature.figures.usd, 9);
  });

  it("repairs some answers, so that there is something to explain", () => {
    expect(result.armature.repaired).toBeDefined();
  });
});

describe("the reading of e-mails", () => {
  it("joins folded headers and decodes encoded words", () => {
    const email = readEmail(
      "x",
      [
        "From: =?ISO-8859-1?Q?Mich=E8le?=",
        " =?ISO-8859-1?Q?_Roux?= <m.roux@example.org>",
        "Subject: =?utf-8?B?w6l0w6k=?= and",
        "\tmore",
        "",
        "Hello",
      ].join("\n"),
    );
    expect(email.from).toEqual({ name: "Michèle Roux", address: "m.roux@example.org" });
    expect(email.subject).toBe("été and more");
    expect(email.body).toBe("Hello");
  });

  it("takes messages without subject, sender or body as they are", () => {
    expect(readEmail("x", "To: a@example.org")).toMatchObject({
      from: { name: "", address: "" },
      subject: "",
      body: "",
    });
  });

  it("prefers the plain part and opens its transfer encoding", () => {
    const raw = [
      "From: a@example.org (Ann)",
      'Content-Type: multipart/alternative; boundary="cut"',
      "",
      "--cut",
      "Content-Type: text/html",
      "",
      "<p>no</p>",
      "--cut",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "It costs =E2=82=AC5=",
      "0.",
      "--cut--",
    ].join("\n");
    expect(readEmail("x", raw)).toMatchObject({
      from: { name: "Ann", address: "a@example.org" },
      body: "It costs €50.",
    });
  });

  it("draws the same e-mails for the same seed", () => {
    const ids = (seed: number) => loadEmails(20, seed).map(({ id }) => id);
    expect(ids(3)).toEqual(ids(3));
    expect(ids(3)).not.toEqual(ids(4));
  });
});

describe("the oracle", () => {
  const raw = "From: Ann <ann@example.org>\nSubject: The\n bill\n\nPay $1,200 to bob@example.org";
  const body = "Pay $1,200 to bob@example.org";
  const right = { sender: "ann@example.org", subject: "The bill", amounts: '["$1,200"]' };

  it("accepts what the message says", () => {
    expect(wrongFields(right, raw, body)).toEqual([]);
  });

  it.each([
    ["sender", { sender: "bob@example.org" }],
    ["sender", { sender: 15 }],
    ["subject", { subject: "Pay" }],
    ["amounts", { amounts: '["$1"]' }],
    ["amounts", { amounts: '["$200"]' }],
    ["amounts", { amounts: null }],
  ])("finds a wrong %s", (field, change) => {
    expect(wrongFields({ ...right, ...change }, raw, body)).toEqual([field]);
  });
});
