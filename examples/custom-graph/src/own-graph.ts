import type { Answer, RequestState } from "@armature/contracts";
import { validate } from "@armature/core";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { refund } from "./refund.js";

const State = Annotation.Root({
  input: Annotation<RequestState["input"]>(),
  answer: Annotation<Answer | null>(),
  candidate: Annotation<RequestState["candidate"]>(),
  issues: Annotation<RequestState["issues"]>(),
  failure: Annotation<RequestState["failure"]>(),
  advice: Annotation<string>(),
});

/**
 * A graph that knows nothing of an application: it gets an answer from anywhere, and the exported stage makes a
 * value of it or says what is wrong.
 */
export const reviewGraph = new StateGraph(State)
  .addNode("check", async ({ input, answer }) => {
    const { candidate = null, issues = [], failure = null } = await validate({ input, answer }, services);
    return { candidate, issues, failure };
  })
  .addNode("accept", ({ candidate }) => ({ advice: `Store ${JSON.stringify(candidate?.json)}.` }))
  .addNode("reject", ({ issues, failure }) => ({
    advice: failure ? failure.message : `Ask again: ${issues.map(({ path }) => path.join(".")).join(", ")}.`,
  }))
  .addEdge(START, "check")
  .addConditionalEdges("check", ({ candidate }) => (candidate ? "accept" : "reject"), ["accept", "reject"])
  .addEdge("accept", END)
  .addEdge("reject", END)
  .compile();

const services = { task: { task: refund } };
