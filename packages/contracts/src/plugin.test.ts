import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { Guard } from "./guard.js";
import { CONTRACT_VERSION, definePlugin, type Registrar } from "./plugin.js";
import { Router } from "./router.js";

const base = { contract: CONTRACT_VERSION, setup: () => {} };

describe("definePlugin", () => {
  it("keeps definition and options apart and runs nothing", () => {
    let ran = 0;
    const options = z.object({ limit: z.number().default(3) });
    const factory = definePlugin({ name: "counting", contract: 1, options, setup: () => void ran++ });
    const plugin = factory({ limit: 5 });
    expect(plugin.options).toEqual({ limit: 5 });
    expect(plugin.definition).toBe(factory.definition);
    expect(plugin.definition.name).toBe("counting");
    // Wrong options are the boot's to report, together with all others.
    expect(factory({ limit: "five" as unknown as number }).options).toEqual({ limit: "five" });
    expect(ran).toBe(0);
  });

  it("takes no options where none are declared", () => {
    const plain = definePlugin({ ...base, name: "plain" });
    expect(plain().options).toBeUndefined();
    // @ts-expect-error there is nothing to set
    plain({ limit: 1 });
  });

  it("asks for options exactly where the schema needs them", () => {
    const required = definePlugin({ ...base, name: "required", options: z.object({ path: z.string() }) });
    const defaulted = definePlugin({ ...base, name: "defaulted", options: z.object({ n: z.number().default(1) }) });
    const prefaulted = definePlugin({
      ...base,
      name: "prefaulted",
      options: z.object({ n: z.number() }).prefault({ n: 1 }),
    });
    expectTypeOf(required).parameters.toEqualTypeOf<[options: { path: string }]>();
    expectTypeOf(defaulted).parameters.toEqualTypeOf<[options?: { n?: number | undefined }]>();
    expect(defaulted().options).toBeUndefined();
    expect(prefaulted().options).toBeUndefined();
    // @ts-expect-error the path has no default
    expect(required().options).toBeUndefined();
    // @ts-expect-error a path is text
    expect(required({ path: 1 }).options).toEqual({ path: 1 });
  });

  it("gives setup the parsed options and a registrar that knows each token's type", () => {
    definePlugin({
      name: "typed",
      contract: 1,
      provides: [Guard],
      requires: [Router],
      options: z.object({ text: z.string().transform((text) => text.length) }),
      setup({ get, getAll, provide }, options) {
        expectTypeOf(options).toEqualTypeOf<{ text: number }>();
        expectTypeOf(get(Router)).toEqualTypeOf<Router>();
        expectTypeOf(getAll(Guard)).toEqualTypeOf<readonly Guard[]>();
        // @ts-expect-error a guard has more than a name
        provide(Guard, { name: "half" });
      },
    });
    const reach = ({ get }: Registrar) => {
      // @ts-expect-error many providers are got with getAll
      get(Guard);
    };
    expect(reach).toBeTypeOf("function");
  });
});
