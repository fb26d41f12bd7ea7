import { describe, expect, test } from "vitest";

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

/** Fails for what JSON cannot carry: NaN, infinities, functions, class instances. A key without a value is no matter. */
export function expectJson(value: unknown, path = "value"): void {
  if (typeof value === "number") expect(Number.isFinite(value), `${path} is ${value}`).toBe(true);
  if (value === null || ["number", "boolean", "string"].includes(typeof value)) return;
  expect(typeof value, `${path} is no JSON`).toBe("object");
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  expect(plain, `${path} is an instance of a class`).toBe(true);
  for (const [key, inner] of Object.entries(value as object)) {
    if (inner !== undefined || Array.isArray(value)) expectJson(inner, `${path}.${key}`);
  }
}
