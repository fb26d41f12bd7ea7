import type { RouteDecision } from "@armature/contracts";
import type { Armature } from "@armature/core";
import { MemorySaver } from "@langchain/langgraph";
import { z } from "zod";
import { refund } from "./refund.js";

/** From this amount on the strong model decides. Whole currency units. */
const LARGE = 500;

/** The largest number of a text; 0 when it names none. */
function largestAmount(text: string): number {
  return Math.max(0, ...(text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number));
}

/**
 * The refund task as a graph of one's own: a node that looks for the amount, a router that knows what a large amount
 * is, and a pause in front of the model, so that a person sees what is about to be asked.
 */
export function refundGraph(app: Armature) {
  return app
    .graph(refund)
    .field("amount", { schema: z.number(), initial: 0 })
    .replace("route", ({ input }) => ({ routing: chooseModel(largestAmount(JSON.stringify(input))) }))
    .before("retrieve", "find-amount", ({ input }) => ({ amount: largestAmount(JSON.stringify(input)) }))
    .compile({ checkpointer: new MemorySaver(), interruptBefore: ["call"] });
}

function chooseModel(amount: number): RouteDecision {
  const isLarge = amount >= LARGE;
  const reason = isLarge ? `${amount} is a large amount` : `${amount} is a small amount`;
  const scores = [
    { route: "fast", score: isLarge ? 0 : 1, reason },
    { route: "strong", score: isLarge ? 1 : 0, reason },
  ];
  const ladder = isLarge ? ["strong"] : ["fast", "strong"];
  return { ladder: ladder.map((route) => ({ route, reason })), scores };
}
