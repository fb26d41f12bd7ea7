import type { Make, Promises } from "./suite.js";

/** The sentences that an implementation breaks: how a suite is itself put to the test. */
export async function brokenPromises<T>(promises: Promises<T>, make: Make<T>): Promise<string[]> {
  const broken: string[] = [];
  for (const [promise, check] of Object.entries(promises)) {
    try {
      await check(make);
    } catch {
      broken.push(promise);
    }
  }
  return broken;
}
