import { z } from "zod";
import { type House, numberTask, openHouse } from "./runners.fixture.js";

export const task = numberTask(["fast", "strong"], { deadlineMs: 5_000, reasks: 1, attempts: 4 });

export const input = { question: "6 x 7?" };
export const thread = { configurable: { thread_id: "one" } };
export const trail = { schema: z.array(z.string()), initial: [], reduce: (a: string[], b: string[]) => [...a, ...b] };
export const mark = (name: string) => () => ({ trail: [name] });

/** The application that was opened last. */
export let house: House;

export async function open(...given: Parameters<typeof openHouse>): Promise<House> {
  house = await openHouse(...given);
  return house;
}
