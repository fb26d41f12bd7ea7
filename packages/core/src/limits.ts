import { z } from "zod";

/** Bounds of one request. Every one has a value; these are the defaults of a task that names none. */
export const limitsSchema = z
  .strictObject({
    /** From acceptance to the durable record, queues included, pauses excluded. Milliseconds. */
    deadlineMs: z.number().int().positive().default(60_000),
    /** The most that all attempts together may cost; no bound when absent. */
    maxCostUsd: z.number().positive().optional(),
    /** How often the model may be shown its own mistakes. */
    reasks: z.number().int().min(0).default(2),
    /** One cap on all attempts of the request: retries, hedges, fallbacks, re-asks, tool turns. */
    attempts: z.number().int().positive().default(8),
    /** Turns of the tool loop. */
    toolTurns: z.number().int().min(0).default(8),
    /** Tokens of one answer. */
    maxOutputTokens: z.number().int().positive().default(2_048),
    /** A budget may lower `maxOutputTokens`, but not below this. */
    minOutputTokens: z.number().int().positive().default(128),
    /** One attempt, from sending to the last byte. Milliseconds. */
    attemptTimeoutMs: z.number().int().positive().default(30_000),
    /** Retries of one route before the next rung of the ladder. */
    retries: z.number().int().min(0).default(2),
  })
  .prefault({});

export type Limits = z.output<typeof limitsSchema>;
