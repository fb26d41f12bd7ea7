import { join } from "node:path";
import { sqliteJournal } from "@armature/journal";
import { fakeRecord } from "@armature/testkit";
import { describe, expect, it, vi } from "vitest";
import { runCli } from "./cli.js";
import { accept, answers, armature, CONFIG, EVAL, folder, read, write } from "./evaluated.fixture.js";

// Loading a config and evaluating takes seconds of CPU, and a shared machine has few to spare.
vi.setConfig({ testTimeout: 300_000 });

describe("armature eval", () => {
  it("ends cleanly when it is interrupted, and reports what has finished", async () => {
    const out: string[] = [];
    const err: string[] = [];
    let interrupt = () => {};
    const terminal = {
      cwd: folder,
      out: (text: string) => void out.push(text),
      err: (text: string) => void err.push(text),
      progress: (text: string) => text.endsWith(" 3/16") && interrupt(),
      onInterrupt(stop: () => void) {
        interrupt = stop;
        return () => {
          interrupt = () => {};
        };
      },
    };
    expect(await runCli(["eval", "--baseline", "--concurrency", "1", "--out", "cut.json"], terminal)).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^Stopping/)]);
    expect(out.join()).toContain("3 trials");
    expect(out.join()).toContain("- the run was cut short: it was stopped");
    expect(JSON.parse(read("cut.json"))).toMatchObject({ complete: false });
  });

  it("holds the locked baseline, and says which case broke", async () => {
    await accept("ask@1.0.0");
    const held = await armature("eval", "answers");
    expect(held.code).toBe(0);
    expect(held.out).toContain("against   prompts.lock.json: ask@1.0.0 by Ada");
    answers(7);
    const broken = await armature("eval", "--out", "now.json", "--junit", "now.xml", "--html", "now.html");
    expect(broken.code).toBe(1);
    expect(broken.out).toContain("broke     one: 8/8 -> 0/8");
    expect(broken.out).toContain("gate      NOT held");
    expect(read("now.xml")).toContain('<failure message="0 of 8 trials passed"/>');
    expect(read("now.html")).toContain("answers: not held");
    expect(await armature("eval", "diff", "eval.json", "now.json")).toMatchObject({
      code: 0,
      out: expect.stringContaining("broke     one: 8/8 -> 0/8"),
    });
    expect((await armature("eval", "--against", "eval.json")).code).toBe(1);
    const worse = await armature("eval", "--baseline", "--out", "worse.json");
    expect(worse).toMatchObject({ code: 1, out: expect.stringContaining("broke     one: 8/8 -> 0/8") });
    expect((await armature("prompts", "accept", "ask@1.0.0", "--eval", "worse.json", "--by", "Ada")).out).toContain(
      'Accepted although case "one" is broken: 8 of 8 before, 0 of 8 now.',
    );
    expect(await armature("prompts", "accept", "ask@1.0.0", "--eval", "now.json", "--by", "Ada")).toMatchObject({
      code: 1,
      err: expect.stringContaining("not run equally often"),
    });
  });

  it("leaves no trace in the journal of the application", async () => {
    await armature("eval", "--baseline", "--trials", "1");
    expect(await armature("journal", "export", "--as-dataset", "x.jsonl")).toMatchObject({ code: 2 });
  });

  it.each([
    [["eval", "nothing"], 'There is no evaluation "nothing"; there are: answers.'],
    [["eval", "--trials", "no"], '--trials takes a whole number from 1, not "no".'],
    [["eval", "--by", "Ada"], /^armature eval takes no --by; it takes --config, --baseline/],
    [
      ["prompts", "chek"],
      'There is no command "prompts chek"; the commands are: prompts check, prompts accept, prompts rollback.',
    ],
    [["eval", "diff", "a.json"], "It is called as: armature eval diff <before> <after>."],
  ])("says in a sentence what is wrong with %j", async (args, message) => {
    const { code, err } = await armature(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each([
    [["eval", "--out", "gone/r.json"], /^--out gone\/r\.json: there is no folder .*gone; make it first\.$/],
    [["eval", "--html", "prompts"], "--html prompts: is a folder; name a file."],
    [["journal", "export", "--as-dataset", "gone/d.jsonl"], /^--as-dataset gone.*make it first\.$/],
  ])("asks no model when its result would be lost: %j", async (args, message) => {
    write("answer.eval.ts", 'throw new Error("no evaluation is loaded before its files can be written");');
    expect(await armature(...args)).toEqual({ code: 2, out: "", err: expect.stringMatching(message) });
  });

  it("says what the operating system refused without a stack", async () => {
    await accept("ask@1.0.0");
    write(
      "armature.config.ts",
      CONFIG.replace("ANSWER", "1").replace("journal:", 'lock: "./gone/lock.json", journal:'),
    );
    const { code, err } = await armature("prompts", "accept", "ask@1.0.0", "--eval", "eval.json", "--by", "Ada");
    expect(code).toBe(1);
    expect(err).toMatch(/^ENOENT: no such file or directory, open '.*lock\.json.*'$/);
  });

  it("says that there is no such report", async () => {
    await accept("ask@1.0.0");
    const gone = await armature("eval", "diff", "eval.json", "gone.json");
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/gone\.json: there is no such report/) });
  });

  it("names the file of an evaluation that does not load, and of one that stands twice", async () => {
    write("more/again.eval.ts", EVAL.replace("./task", "../task"));
    expect(await armature("eval")).toMatchObject({ code: 1, err: expect.stringContaining('eval "answers" stands in') });
    write("more/again.eval.ts", "export default {");
    expect(await armature("eval")).toMatchObject({ code: 1, err: expect.stringContaining("again.eval.ts: ") });
  });
});

describe("armature journal export", () => {
  it("makes a data set of the failed requests, which an evaluation can read", async () => {
    const journal = sqliteJournal({ path: join(folder, "armature.db") });
    for (const id of ["good", "bad"]) {
      const record = fakeRecord({ requestId: id });
      const failure = { code: "OUTPUT_INVALID" as const, message: "no", retryable: true };
      await journal.write({
        ...record,
        task: "answer",
        status: "finished",
        state: { ...record.state, input: { question: id }, failure: id === "bad" ? failure : null },
        result: id === "bad" ? { ok: false, failure } : { ok: true, value: { answer: 1 } },
      });
    }
    await journal.close();
    const { code, out } = await armature("journal", "export", "--failed", "--as-dataset", "failed.jsonl");
    expect({ code, out }).toEqual({ code: 0, out: "Wrote 1 case of task answer to failed.jsonl." });
    expect(JSON.parse(read("failed.jsonl"))).toMatchObject({
      id: "bad",
      input: { question: "bad" },
      metadata: { failure: "OUTPUT_INVALID" },
    });
    expect((await armature("journal", "export", "--as-dataset", "all.jsonl")).out).toContain("Wrote 2 cases");
    const none = await armature("journal", "export", "--as-dataset", "x", "--since", "2999-01-01");
    expect(none).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The journal has no request of task answer with its content among those/),
    });
    expect(await armature("journal", "export", "--as-dataset", "x", "--task", "nope")).toEqual({
      code: 1,
      out: "",
      err: 'The journal has no request of task "nope"; the tasks are: answer.',
    });
  });
});
