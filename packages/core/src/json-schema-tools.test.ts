import { definePlugin, type JsonObject, type JsonValue, Tool } from "@armature/contracts";
import type { ChatMessage, Responder } from "@armature/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { createArmature } from "./create-armature.js";
import { ask, type House, openHouse, RUNNERS } from "./runners.fixture.js";
import { defineTask } from "./task.js";

// As the servers of MCP describe theirs.
const forecast: JsonObject = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    city: { type: "string", minLength: 1 },
    days: { type: "integer", minimum: 1, maximum: 7 },
    unit: { type: "string", enum: ["celsius", "kelvin"], default: "celsius" },
    at: { $ref: "#/definitions/point" },
  },
  required: ["city", "days"],
  additionalProperties: false,
  definitions: { point: { type: "object", properties: { lat: { type: "number" } }, required: ["lat"] } },
};

const task = defineTask({
  name: "weather",
  input: z.object({ question: z.string() }),
  output: z.object({ said: z.string() }),
  prompt: ask,
  models: ["fast"],
});

let ran: unknown[] = [];

function toolPlugin(parameters: unknown) {
  return definePlugin({
    name: "weather",
    contract: 1,
    provides: [Tool],
    setup({ provide }) {
      const run = async (args: unknown): Promise<JsonValue> => {
        ran.push(args);
        return "rain";
      };
      provide(Tool, { name: "forecast", description: "Tells the weather.", parameters: parameters as never, run });
    },
  })();
}

/** Calls the tool with each of the arguments in turn, and then says what it was told last. */
function calling(...texts: string[]): Responder {
  return ({ messages }) => {
    const replies = messages.filter(({ role }) => role === "tool");
    const next = texts[replies.length];
    if (next !== undefined) return { toolCalls: [{ name: "forecast", arguments: next }] };
    return JSON.stringify({ said: contentsOf(replies).join(" | ") });
  };
}

function contentsOf(messages: readonly ChatMessage[]): string[] {
  return messages.map(({ content }) => String(content));
}

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
  ran = [];
});

describe.each(RUNNERS)("a tool with a JSON Schema, in %s", (_, run) => {
  async function told(parameters: unknown, respond: Responder) {
    house = await openHouse(respond, { plugins: [toolPlugin(parameters)] });
    const outcome = await run(house, task, { question: "?" });
    return outcome.ok ? outcome.value.said : outcome.failure.code;
  }

  it("gets arguments that are coerced and filled as the schema says", async () => {
    const said = await told(
      forecast,
      calling('{"city": "Rome", "days": "3", "unit": "Kelvin", "at": {"lat": "41.9"}}'),
    );
    expect(said).toBe("rain");
    expect(ran).toEqual([{ city: "Rome", days: 3, unit: "kelvin", at: { lat: 41.9 } }]);
  });

  it("is offered as it is written", async () => {
    await told(forecast, () => '{"said": "nothing"}');
    const { $schema: _, ...offered } = forecast;
    expect(house!.provider.log[0]?.body).toMatchObject({ tools: [{ function: { parameters: offered } }] });
  });

  it("shows the model what is wrong and does not run", async () => {
    const said = await told(forecast, calling('{"days": 9, "town": "Rome"}', '{"city": "Rome", "days": 1}'));
    expect(said).toMatch(/^The arguments are not valid: .*city.* \| rain$/);
    expect(said).toMatch(/days/);
    expect(ran).toEqual([{ city: "Rome", days: 1, unit: "celsius" }]);
  });

  it("never runs with arguments that are cut, wherever the cut is", async () => {
    const whole = '{"city": "Rome", "days": 3}';
    const cuts = [1, 10, 15, whole.length - 1].map((length) => whole.slice(0, length));
    for (const cut of cuts) {
      expect(await told(forecast, calling(cut)), cut).not.toContain("rain");
      await house?.close();
    }
    expect(ran).toEqual([]);
  });

  it.each([{}, { type: "object" }, { properties: {} }])("runs without arguments under %j", async (parameters) => {
    for (const text of ["", " ", "{}"]) {
      expect(await told(parameters, calling(text)), JSON.stringify(text)).toBe("rain");
      const offered = { type: "object", properties: {} };
      expect(house!.provider.log[0]?.body).toMatchObject({ tools: [{ function: { parameters: offered } }] });
      await house?.close();
    }
    expect(ran).toEqual([{}, {}, {}]);
  });

  it("says what is missing where no arguments were written", async () => {
    expect(await told(forecast, calling(""))).toMatch(/city.*days/);
    expect(ran).toEqual([]);
  });
});

it.each<[string, unknown, RegExp]>([
  ["a schema of an older zod", z3.object({}), /neither a schema of zod 4 nor a JSON Schema/],
  ["no schema", undefined, /neither a schema of zod 4 nor a JSON Schema/],
  [
    "a JSON Schema with what cannot be judged",
    { type: "object", if: { required: ["a"] }, else: {} },
    /cannot be understood/,
  ],
  ["a reference that leads nowhere", { $ref: "#/$defs/nowhere" }, /cannot be understood/],
])("refuses %s at boot, by the tool's name", async (_, parameters, why) => {
  house = await openHouse(() => "{}");
  const models = { fast: { chat: {} } as never };
  const boot = createArmature({ models, journal: house.app.journal, plugins: [toolPlugin(parameters)], tasks: [task] });
  const problem = await boot.then(() => expect.fail("it booted"), String);
  expect(problem).toMatch(/tool "forecast": parameters: /);
  expect(problem).toMatch(why);
});
