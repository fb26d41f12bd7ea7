import { ArmatureError, type BudgetLine } from "@armature/contracts";

export type BudgetScope = "tenant" | "user" | "task" | "key" | "global";
export type BudgetWindow = "request" | "hour" | "day" | "month" | "total";

/** A cap on what may be spent. Windows are calendar windows in UTC. */
export interface BudgetSpec {
  readonly scope: BudgetScope;
  readonly window: BudgetWindow;
  /** US dollars. */
  readonly usd: number;
  /** From this share of `usd` on (0 to 1), spent or held, {@link headroom} warns. */
  readonly warnAtShare?: number;
  /** From this share on, {@link headroom} asks for a cheaper route. */
  readonly downgradeAtShare?: number;
}

/** Whose money it is. */
export interface BudgetSubject {
  readonly tenant?: string | undefined;
  /** Requests without a user share one user budget inside their tenant. */
  readonly user?: string | undefined;
  readonly task?: string | undefined;
  /** The caller's API key, or a name for it; requests without one share one account. */
  readonly key?: string | undefined;
  /** Names the window `request`, so that a resumed request keeps its budget; without it, each gate is one request. */
  readonly request?: string | undefined;
}

/** A subject whose request has a name. */
type NamedSubject = BudgetSubject & { readonly request: string };

/** A budget applied to a subject at one moment. */
export interface BudgetAccount extends BudgetLine {
  readonly spec: BudgetSpec;
  /** Epoch milliseconds at which the window ends; `null` for `request` and `total`. */
  readonly resetsAt: number | null;
}

/** The account of `spec` for `subject` in the window around `now`: `tenant:acme/day:2026-01-31`. */
export function accountOf(spec: BudgetSpec, subject: NamedSubject, now: number): BudgetAccount {
  const window = windowAt(spec.window, subject, now);
  return {
    spec,
    account: `${scopeName(spec.scope, subject)}/${window.name}`,
    capMicroUsd: capOf(spec),
    resetsAt: window.resetsAt,
  };
}

// A cap that is no number would let everything through: no sum is above it.
function capOf({ usd }: BudgetSpec): number {
  if (usd >= 0) return Math.floor(usd * 1_000_000 + 1e-6);
  throw new ArmatureError("CONFIG_INVALID", `A budget needs its cap in US dollars as \`usd\`, and has ${usd}.`);
}

// Names are percent-encoded, so that no tenant can be spelled to meet another's account.
function scopeName(scope: BudgetScope, { tenant = "", user = "", task = "", key = "" }: BudgetSubject): string {
  switch (scope) {
    case "global":
      return "global";
    case "tenant":
      return `tenant:${encodeURIComponent(tenant)}`;
    case "user":
      return `user:${encodeURIComponent(tenant)}:${encodeURIComponent(user)}`;
    case "key":
      return `key:${encodeURIComponent(key)}`;
    case "task":
      return `task:${encodeURIComponent(task)}`;
  }
}

function windowAt(window: BudgetWindow, subject: NamedSubject, now: number): { name: string; resetsAt: number | null } {
  if (window === "total") return { name: "total", resetsAt: null };
  if (window === "request") return { name: `request:${encodeURIComponent(subject.request)}`, resetsAt: null };
  const iso = new Date(now).toISOString();
  const [year, month, day, hour] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10), iso.slice(11, 13)].map(
    Number,
  ) as [number, number, number, number];
  switch (window) {
    case "hour":
      return { name: `hour:${iso.slice(0, 13)}`, resetsAt: Date.UTC(year, month - 1, day, hour + 1) };
    case "day":
      return { name: `day:${iso.slice(0, 10)}`, resetsAt: Date.UTC(year, month - 1, day + 1) };
    case "month":
      return { name: `month:${iso.slice(0, 7)}`, resetsAt: Date.UTC(year, month) };
  }
}
