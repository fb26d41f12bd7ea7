import type { Answer, CallParameters, Message, MeteredModels } from "@armature/contracts";

export type ModelScript = (
  route: string,
  messages: readonly Message[],
  parameters: Partial<CallParameters>,
) => string | Partial<Answer> | Promise<string | Partial<Answer>>;

/** Metered models that answer by a function; without one they repeat the last message. */
export function fakeModels(
  answer: ModelScript = repeatLast,
  routes: readonly string[] = ["fast", "strong"],
): MeteredModels {
  return {
    routes,
    async call(route, messages, parameters = {}) {
      const said = await answer(route, messages, parameters);
      const given = typeof said === "string" ? { text: said } : said;
      const usage = { inputTokens: Math.ceil(JSON.stringify(messages).length / 4), outputTokens: 8 };
      return { text: "", toolCalls: [], finish: "stop", usage, model: route, ...given };
    },
  };
}

function repeatLast(_route: string, messages: readonly Message[]): string {
  const content = messages.at(-1)?.content ?? "";
  return typeof content === "string" ? content : JSON.stringify(content);
}
