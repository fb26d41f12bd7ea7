import { ChatOpenAI } from "@langchain/openai";
import type { Contender } from "./contender.js";
import { INSTRUCTIONS, MODEL, row } from "./row.js";

/** A client of LangChain for the provider at `url`. */
export function chatOpenAI(url: string, model = MODEL): ChatOpenAI {
  return new ChatOpenAI({ model, apiKey: "no-key", maxRetries: 0, configuration: { baseURL: url } });
}

/** LangChain's chat model, with the answer parsed by hand. */
export function invokeChatOpenAI(url: string): Contender {
  const model = chatOpenAI(url);
  return {
    async run(email) {
      const answer = await model.invoke([
        { role: "system", content: INSTRUCTIONS },
        { role: "user", content: email },
      ]);
      return row.parse(JSON.parse(answer.text));
    },
  };
}
