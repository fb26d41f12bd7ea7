import { definePlugin, type GraphExtension, Guard, type RequestState } from "@armature/contracts";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { house, input, mark, open, task, trail } from "./graphs.fixture.js";
import { outcomeOf } from "./outcome.js";

afterEach(() => house.close());

describe("placing nodes", () => {
  it("runs them in the order in which they were declared, on either side of a stage", async () => {
    const { app } = await open(() => '{"answer": 42}');
    const graph = app
      .graph(task)
      .field("trail", trail)
      .before("prompt", "one", mark("one"))
      .before("prompt", "two", mark("two"))
      .after("prompt", "three", mark("three"))
      .after("prompt", "four", mark("four"))
      .compile();
    const state = await graph.invoke({ input });
    expect(state.trail).toEqual(["one", "two", "three", "four"]);
    expect(outcomeOf(state, task)).toMatchObject({ ok: true, value: { answer: 42 } });
  });

  it("keeps a plugin's nodes before those of the graph, in both runners", async () => {
    const graph: GraphExtension = {
      fields: { trail: trail as never },
      nodes: [
        { name: "first", place: "after", stage: "route", run: mark("first") },
        { name: "second", place: "after", stage: "route", run: mark("second") },
      ],
    };
    const { app, record } = await open(() => '{"answer": 1}', {
      plugins: [definePlugin({ name: "p", contract: 1, graph })()],
    });
    const walked = await record((await app.run(task, input)).requestId);
    expect(walked?.state).toMatchObject({ trail: ["first", "second"] });
    const state: RequestState = await app
      .graph(task)
      .after("route", "third", mark("third"))
      .compile()
      .invoke({ input });
    expect(state).toMatchObject({ trail: ["first", "second", "third"] });
  });

  it("lets what decides after a stage decide after the added node", async () => {
    const { app } = await open(({ text }) => (text.includes("not accepted") ? '{"answer": 2}' : "{}"));
    const state = await app
      .graph(task)
      .field("trail", trail)
      .after("validate", "seen", ({ issues }) => ({ trail: [`${issues.length} issues`] }))
      .before("repair", "mending", mark("mending"))
      .compile()
      .invoke({ input });
    expect(state.trail).toEqual(["1 issues", "mending", "0 issues"]);
    expect(state.candidate).toEqual({ json: { answer: 2 } });
  });

  it("replaces a stage without its guards and record", async () => {
    const { app, record, provider } = await open(() => "never");
    const answer = { text: '{"answer": 9}', toolCalls: [], finish: "stop" as const };
    const state = await app
      .graph(task)
      .replace("call", () => ({ answer }))
      .compile()
      .invoke({ input });
    expect(outcomeOf(state, task)).toMatchObject({ ok: true, value: { answer: 9 } });
    expect((await record(state.requestId))?.status).toBe("finished");
    expect(provider.log).toHaveLength(0);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("no luck")), "no luck"],
    ["returns an unknown key", () => ({ wrong: 1 }), '"wrong"'],
    ["returns what its field refuses", () => ({ size: "big" }), '"size"'],
    ["moves what is the runner's", () => ({ visits: {} }), '"visits"'],
  ])("ends a request whose node %s in STAGE_FAILED, with its record", async (_what, node, said) => {
    const { app, record } = await open(() => '{"answer": 1}');
    const state = await app
      .graph(task)
      .field("size", { schema: z.number(), initial: 0 })
      .after("retrieve", "odd", node)
      .compile()
      .invoke({ input });
    expect(state.failure).toMatchObject({ code: "STAGE_FAILED", stage: "odd", message: expect.stringContaining(said) });
    expect((await record(state.requestId))?.result).toMatchObject({ ok: false });
  });
});

describe("names and types", () => {
  it("refuses a name that is taken, at compile time and at run time", async () => {
    const builder = (await open(() => "")).app.graph(task);
    const node = () => ({});
    // @ts-expect-error a stage has that name
    expect(() => builder.before("call", "route", node)).toThrow(/declared twice/);
    const one = builder.before("call", "one", node);
    // @ts-expect-error a node has that name
    expect(() => one.after("call", "one", node)).toThrow(/declared twice/);
    // @ts-expect-error nothing stands between a request and its record
    expect(() => builder.before("log", "late", node)).toThrow(/"log"/);
    // @ts-expect-error there is no such stage
    expect(() => builder.before("think", "late", node)).toThrow(/no stage/);
    // @ts-expect-error the record belongs to the runner
    expect(() => builder.replace("log", node)).toThrow(/"log"/);
    const number = { schema: z.number(), initial: 0 };
    // @ts-expect-error the request's state has that key
    expect(() => builder.field("answer", number)).toThrow(/declared twice/);
    // @ts-expect-error the field is there already
    expect(() => builder.field("size", number).field("size", number)).toThrow(/declared twice/);
    // @ts-expect-error a node cannot have the name of a field
    expect(() => builder.field("size", number).before("call", "size", node)).toThrow(/state field/);
    // @ts-expect-error a field cannot have the name of a node
    expect(() => one.field("one", number)).toThrow(/node/);
    // @ts-expect-error a field cannot have the name of a stage
    expect(() => builder.field("prompt", number)).toThrow(/node/);
    // @ts-expect-error a node cannot have the name of a key of the request's state
    expect(() => builder.before("call", "answer", node)).toThrow(/state field/);
    expect(() => builder.before("call", "a:b", node)).toThrow(/letters/);
  });

  it("shows each node the fields that were declared before it, and the graph all of them", async () => {
    const { app } = await open(() => '{"answer": 1}');
    const graph = app
      .graph(task)
      .field("size", { schema: z.number(), initial: 1 })
      .before("call", "grow", (state) => {
        expectTypeOf(state.size).toEqualTypeOf<number>();
        expectTypeOf(state.attempts).toEqualTypeOf<RequestState["attempts"]>();
        return { size: state.size + 1 };
      })
      .compile();
    const state = await graph.invoke({ input });
    expectTypeOf(state.size).toEqualTypeOf<number>();
    expect(state.size).toBe(2);
  });

  it("uses a plugin that only extends graphs, and sends any other to the application", async () => {
    const builder = (await open(() => '{"answer": 1}')).app.graph(task);
    const guard = definePlugin({ name: "g", contract: 1, provides: [Guard] });
    expect(() => builder.use(guard())).toThrow(/pass it to createArmature/);
    const extension: GraphExtension = {
      fields: { trail: trail as never },
      nodes: [{ name: "used", place: "before", stage: "call", run: mark("used") }],
    };
    const used = builder.use(definePlugin({ name: "u", contract: 1, graph: extension })());
    expect(await used.compile().invoke({ input })).toMatchObject({ trail: ["used"] });
    expect(() => used.use(extension)).toThrow(/declared twice/);
  });
});
