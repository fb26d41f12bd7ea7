import { type Clock, deadlineIn, sleep } from "@armature/contracts";
import { seededRandom, type VirtualClock, virtualClock } from "@armature/testkit";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITER, Limiter, type Place, type Shed } from "./limiter.js";

const signal = new AbortController().signal;

/** A server that serves `places` calls at a time in `serviceMs` each, and lets the others wait. */
class Server {
  #busy = 0;
  readonly #queue: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    public places: number,
    private readonly serviceMs: () => number,
  ) {}

  async serve(): Promise<void> {
    if (this.#busy >= this.places) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#busy++;
    await sleep(this.clock, this.serviceMs());
    this.#busy--;
    if (this.#busy < this.places) this.#queue.shift()?.();
  }
}

interface Tally {
  served: number;
  late: number;
  shed: number;
  slowestShedMs: number;
}

/** Lets calls arrive every `everyMs` for `forMs`, and counts how they end. */
async function load(
  clock: VirtualClock,
  limiter: Limiter,
  server: Server,
  everyMs: number,
  forMs: number,
  deadlineMs = 2_000,
) {
  const tally: Tally = { served: 0, late: 0, shed: 0, slowestShedMs: 0 };
  const calls: Promise<void>[] = [];
  for (let at = 0; at < forMs; at += everyMs) {
    calls.push(
      (async () => {
        const startedAt = clock.now();
        const deadline = deadlineIn(clock, deadlineMs);
        const place = await limiter.enter(deadline, new AbortController().signal);
        if (place === undefined || "retryAfterMs" in place) {
          tally.shed++;
          tally.slowestShedMs = Math.max(tally.slowestShedMs, clock.now() - startedAt);
          return;
        }
        await server.serve();
        place.end("answered");
        tally.served++;
        if (deadline.remainingMs() === 0) tally.late++;
      })(),
    );
    await clock.advance(everyMs);
  }
  await clock.advance(20_000);
  await Promise.all(calls);
  return tally;
}

describe("Limiter", () => {
  it("serves what a slow route can take in time, and turns the rest away at once", async () => {
    const clock = virtualClock();
    const random = seededRandom(4);
    const server = new Server(clock, 20, () => 70 + 60 * random.next());
    const limiter = new Limiter(clock);
    const calm = await load(clock, limiter, server, 10, 4_000);
    expect(calm).toMatchObject({ late: 0, shed: 0 });
    server.places = 10;
    // 10 places of 100 ms each serve one call every 10 ms; four times as many come.
    const busy = await load(clock, limiter, server, 2.5, 20_000);
    expect(busy.late).toBe(0);
    expect(busy.slowestShedMs).toBeLessThan(50);
    expect(busy.served).toBeGreaterThanOrEqual(0.9 * (20_000 / 10));
    expect(busy.shed).toBeGreaterThan(4_000);
    expect(limiter.limit).toBeLessThan(30);
  });

  it("finds the limit also where it never saw the route without load", async () => {
    const clock = virtualClock();
    const limiter = new Limiter(clock);
    const server = new Server(clock, 10, () => 100);
    await load(clock, limiter, server, 2.5, 30_000);
    expect(limiter.limit).toBeGreaterThanOrEqual(8);
    expect(limiter.limit).toBeLessThan(25);
  });

  it("grows with the load that a route takes without slowing down", async () => {
    const clock = virtualClock();
    const random = seededRandom(5);
    const limiter = new Limiter(clock);
    // Answers of very different length, as models give them.
    const server = new Server(clock, 500, () => 300 + 1_400 * random.next() ** 2);
    // A load that comes from nothing: what the first limit could not take in time is turned away, but not for long.
    const cold = await load(clock, limiter, server, 10, 10_000, 10_000);
    expect(cold.shed).toBeLessThan(0.3 * 1_000);
    const warm = await load(clock, limiter, server, 10, 20_000, 10_000);
    expect(warm).toMatchObject({ shed: 0, late: 0 });
    expect(limiter.limit).toBeGreaterThan(60);
  });

  it("serves those who wait in their order", async () => {
    const clock = virtualClock();
    const limiter = new Limiter(clock, { ...DEFAULT_LIMITER, initial: 1 });
    const order: string[] = [];
    const first = (await limiter.enter(deadlineIn(clock, 1_000), signal)) as Place;
    for (const name of ["a", "b"]) {
      void Promise.resolve(limiter.enter(deadlineIn(clock, 1_000), signal)).then((place) => {
        order.push(name);
        (place as Place).end("answered");
      });
    }
    expect(limiter.queued).toBe(2);
    expect(limiter.hasRoom).toBe(false);
    first.end("answered");
    await clock.advance(0);
    expect(order).toEqual(["a", "b"]);
    expect(limiter.inFlight).toBe(0);
  });

  it("lets go of those who were cancelled, and of those whose time is over", async () => {
    const clock = virtualClock();
    const limiter = new Limiter(clock, { ...DEFAULT_LIMITER, initial: 1 });
    await limiter.enter(deadlineIn(clock, 9_000), signal);
    const caller = new AbortController();
    const cancelled = limiter.enter(deadlineIn(clock, 9_000), caller.signal);
    const late = limiter.enter(deadlineIn(clock, 500), signal);
    caller.abort();
    expect(await cancelled).toBeUndefined();
    await clock.advance(500);
    expect(await late).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect(limiter.queued).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it("has a last place in its queue", async () => {
    const clock = virtualClock();
    const limiter = new Limiter(clock, { ...DEFAULT_LIMITER, initial: 1, maxQueue: 1 });
    await limiter.enter(deadlineIn(clock, 9_000), signal);
    void limiter.enter(deadlineIn(clock, 9_000), signal);
    const shed = limiter.enter(deadlineIn(clock, 9_000), signal) as Shed;
    expect(shed.retryAfterMs).toBeGreaterThan(0);
  });

  it("lowers its limit once for overload that many calls meet together", async () => {
    const clock = virtualClock();
    const limiter = new Limiter(clock);
    const places = Array.from({ length: 20 }, () => limiter.enter(deadlineIn(clock, 9_000), signal) as Place);
    await clock.advance(100);
    for (const place of places) place.end("overloaded");
    expect(limiter.limit).toBe(16);
  });
});
