import { describe, test } from "vitest";

/** Makes a fresh, empty implementation; called once or more for every promise. */
export type Make<T> = () => T | Promise<T>;

/** What a contract promises: a sentence, and a check that throws where it is broken. */
export type Promises<T> = { readonly [promise: string]: (make: Make<T>) => Promise<void> };

/** Registers one test a promise. */
export function describePromises<T>(contract: string, promises: Promises<T>, make: Make<T>): void {
  describe(`${contract} keeps its contract`, () => {
    for (const [promise, check] of Object.entries(promises)) test(promise, () => check(make));
  });
}

/** Tenants that are easily mistaken for each other: prefixes, separators, wildcards, case, paths, object keys. */
export const CONFUSABLE_TENANTS = [
  undefined,
  "acme",
  "acme2",
  "acm",
  "ACME",
  "acme/eu",
  "acme:eu",
  "acme.eu",
  "ac%",
  "a_me",
  "../acme",
  "undefined",
  "__proto__",
] as const;

/** Context overrides of a tenant, and no key at all for none. */
export function ofTenant(tenant: string | undefined): { readonly tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}
