import { calcPrice, type ModelPrice, type TieredPrices } from "@pydantic/genai-prices";

/** What one token costs, in micro-dollars; the same number is US dollars for a million tokens. */
export interface Rate {
  readonly base: number;
  /** Ascending. Above `above` input tokens, all tokens of the attempt cost this instead. */
  readonly tiers: readonly { readonly above: number; readonly rate: number }[];
}

/** The price of one model. */
export interface Price {
  readonly input: Rate;
  readonly output: Rate;
  /** Input read from the provider's prompt cache. */
  readonly cachedInput: Rate;
  /** Input written to the provider's prompt cache. */
  readonly cacheWrite: Rate;
  /** Output spent on reasoning. */
  readonly reasoning: Rate;
  /** Micro-dollars for each call, whatever its size. */
  readonly perCall: number;
  /** The same for the provider's service tiers, where the overlay declares any. */
  readonly serviceTiers?: { readonly [tier: string]: Price };
  /** Which list and which version of it the numbers come from. */
  readonly version: string;
}

/** US dollars for a million tokens. What is left out costs what `input` or `output` costs. */
export interface DeclaredRates {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
}

export interface DeclaredPrice extends DeclaredRates {
  /** Rates of attempts with more input tokens than `above`; they hold for all tokens of the attempt. */
  readonly longContext?: readonly (DeclaredRates & { readonly above: number })[] | undefined;
  /** Rates of the provider's service tiers, such as `flex` or `priority`, where they differ from those above. */
  readonly serviceTiers?: { readonly [tier: string]: DeclaredRates } | undefined;
}

/**
 * Prices that the list lacks or has wrong, by `provider/model`, or by `model` alone for every provider. They go before
 * the list.
 */
export type PriceOverlay = { readonly [model: string]: DeclaredPrice };

/** The price list inside the installed `@pydantic/genai-prices`; it is not updated over the network. */
const LIST_VERSION = "genai-prices@0.1";

// The list's own look-up takes 50 µs: too much for every attempt. Prices that depend on the time are not kept.
const known = new Map<string, Price | undefined>();

/**
 * The price of `model` at `provider`, `undefined` when neither overlay nor list has it.
 *
 * @param at epoch milliseconds; some prices depend on the date or the hour
 */
export function priceOf(provider: string, model: string, overlay?: PriceOverlay, at?: number): Price | undefined {
  const declared = ownOf(overlay, `${provider}/${model}`) ?? ownOf(overlay, model);
  if (declared) return fromDeclared(declared);
  const key = `${provider}/${model}`;
  if (known.has(key)) return known.get(key);
  const found = calcPrice({}, model, { providerId: provider, timestamp: new Date(at ?? Date.now()) });
  const price = found ? fromList(found.model_price) : undefined;
  if (!found || !Array.isArray(found.model.prices)) known.set(key, price);
  return price;
}

/** Names come from answers too: `constructor` is in every object, and no price. */
export function ownOf<Value>(table: { readonly [name: string]: Value } | undefined, name: string): Value | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

function fromDeclared(declared: DeclaredPrice): Price {
  const { serviceTiers } = declared;
  const price = atRates(declared, declared.longContext ?? []);
  if (!serviceTiers) return price;
  const tiers = Object.entries(serviceTiers).map(([tier, rates]) => [tier, atRates(rates, [])]);
  return { ...price, serviceTiers: Object.fromEntries(tiers) };
}

function atRates(rates: DeclaredRates, longContext: NonNullable<DeclaredPrice["longContext"]>): Price {
  const steps = [...longContext].sort((a, b) => a.above - b.above);
  const rate = (of: (rates: DeclaredRates) => number): Rate => ({
    base: of(rates),
    tiers: steps.map((step) => ({ above: step.above, rate: of(step) })),
  });
  return {
    input: rate((one) => one.input),
    output: rate((one) => one.output),
    cachedInput: rate((one) => one.cachedInput ?? one.input),
    cacheWrite: rate((one) => one.cacheWrite ?? one.input),
    reasoning: rate((one) => one.reasoning ?? one.output),
    perCall: 0,
    version: "overlay",
  };
}

function fromList(price: ModelPrice): Price | undefined {
  const input = toRate(price.input_mtok);
  // A model without token prices is billed by other units, which an answer's usage does not tell.
  if (!input) return undefined;
  // Embedding models are priced for what goes in: nothing comes out that has tokens.
  const output = toRate(price.output_mtok) ?? { base: 0, tiers: [] };
  const calls = price.requests_kcount;
  return {
    input,
    output,
    cachedInput: toRate(price.cache_read_mtok) ?? input,
    cacheWrite: toRate(price.cache_write_mtok) ?? input,
    reasoning: toRate(price.output_reasoning_mtok) ?? output,
    perCall: typeof calls === "number" ? calls * 1_000 : 0,
    version: LIST_VERSION,
  };
}

function toRate(value: number | TieredPrices | undefined): Rate | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return { base: value, tiers: [] };
  const tiers = value.tiers.map(({ start, price }) => ({ above: start, rate: price }));
  return { base: value.base, tiers: tiers.sort((a, b) => a.above - b.above) };
}
