import { readFileSync } from "node:fs";
import { ArmatureError, configInvalid, describeIssues } from "@armature/contracts";
import { z } from "zod";
import type { PriceOverlay } from "./price.js";

const Usd = z.number().nonnegative();
const rates = {
  input: Usd,
  output: Usd,
  cachedInput: Usd.optional(),
  cacheWrite: Usd.optional(),
  reasoning: Usd.optional(),
};
/** What a price overlay is, in a file or in code. */
export const priceOverlay = z.record(
  z.string().min(1),
  z.strictObject({
    ...rates,
    longContext: z.array(z.strictObject({ ...rates, above: z.int().nonnegative() })).optional(),
    serviceTiers: z.record(z.string(), z.strictObject(rates)).optional(),
  }),
);

/**
 * Reads a price overlay: a JSON object of prices in US dollars for a million tokens, by `provider/model` or `model`.
 *
 * @throws ArmatureError `CONFIG_INVALID` naming the file and every field that is wrong
 */
export function readPrices(path: string): PriceOverlay {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ArmatureError("CONFIG_INVALID", `The price file ${path} cannot be read as JSON`, { cause });
  }
  const parsed = priceOverlay.safeParse(json);
  if (parsed.success) return parsed.data;
  throw configInvalid(
    describeIssues("", parsed.error).map((problem) => `The price file ${path} is wrong at ${problem}`),
  );
}
