import { describeJournal } from "@armature/testkit";
import { describe, expect, test } from "vitest";
import { memoryJournal } from "./memory-journal.js";
import { openingOf, recordOf } from "./records.fixture.js";

describe("the journal in memory", () => {
  describeJournal(() => memoryJournal());

  test("keeps a finished record from being opened again", async () => {
    const journal = memoryJournal();
    await journal.write(recordOf("r1"));
    await expect(journal.open(openingOf("r1"))).rejects.toMatchObject({ code: "JOURNAL_UNAVAILABLE" });
  });
});
