import type { Responder } from "@armature/testkit/provider";
import { ANSWER_TEXT } from "./row.js";

/** The same answer for everybody: as the arguments of a tool where the request brings one, as text otherwise. */
export const respond: Responder = ({ body }) => {
  const [tool] = (body.tools ?? []) as { function: { name: string } }[];
  return tool ? { toolCalls: [{ name: tool.function.name, arguments: ANSWER_TEXT }] } : ANSWER_TEXT;
};
