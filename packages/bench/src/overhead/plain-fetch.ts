import type { Contender } from "./contender.js";
import { INSTRUCTIONS, MODEL, row } from "./row.js";

/** Nothing but the request and the schema: the floor. */
export function plainFetch(url: string): Contender {
  return {
    async run(email) {
      const response = await fetch(`${url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer no-key" },
        body: JSON.stringify({
          model: MODEL,
          messages: [
            { role: "system", content: INSTRUCTIONS },
            { role: "user", content: email },
          ],
        }),
      });
      const body = (await response.json()) as { choices: { message: { content: string } }[] };
      return row.parse(JSON.parse(body.choices[0]?.message.content ?? ""));
    },
  };
}
