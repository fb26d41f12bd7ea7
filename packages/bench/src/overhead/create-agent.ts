import { createAgent, modelFallbackMiddleware, modelRetryMiddleware, piiMiddleware, toolStrategy } from "langchain";
import { chatOpenAI } from "./chat-openai.js";
import type { Contender } from "./contender.js";
import { FALLBACK, INSTRUCTIONS, row } from "./row.js";

/** LangChain's agent with the middlewares that stand for retry, fallback and guard; it keeps no journal and no budget. */
export function langChainAgent(url: string): Contender {
  const agent = createAgent({
    model: chatOpenAI(url),
    tools: [],
    systemPrompt: INSTRUCTIONS,
    responseFormat: toolStrategy(row),
    middleware: [
      modelRetryMiddleware({ maxRetries: 2, onFailure: "error" }),
      modelFallbackMiddleware(chatOpenAI(url, FALLBACK)),
      piiMiddleware("email", { strategy: "redact" }),
    ],
  });
  return {
    async run(email) {
      const { structuredResponse } = await agent.invoke({ messages: [{ role: "user", content: email }] });
      return row.parse(structuredResponse);
    },
  };
}
