import { initialRequestState, type RecordOpening, type RequestRecord, type RequestState } from "@armature/contracts";

const ACCEPTED_AT = Date.UTC(2026, 0, 1);

/** The opening of a record, with every required field. */
export function fakeOpening(overrides: Partial<RecordOpening> = {}): RecordOpening {
  return {
    version: 1,
    requestId: "request-1",
    task: "test",
    acceptedAt: ACCEPTED_AT,
    input: { hash: "0".repeat(64), bytes: 2 },
    hashes: { task: "1".repeat(64), config: "2".repeat(64) },
    plugins: [{ name: "some-plugin", version: "1.0.0" }],
    ...overrides,
  };
}

/** The state in which a request of that opening begins. */
export function fakeState(opening: RecordOpening, overrides: Partial<RequestState> = {}): RequestState {
  return { ...initialRequestState(opening, {}), ...overrides };
}

export interface FakeRecordOptions extends Partial<Omit<RequestRecord, "state">> {
  readonly state?: Partial<RequestState>;
}

/** A finished record of a request that succeeded. Identity and time come from the overrides and stand in the state too. */
export function fakeRecord(overrides: FakeRecordOptions = {}): RequestRecord {
  const { state, ...given } = overrides;
  const opening = fakeOpening(given);
  return {
    ...opening,
    status: "finished",
    finishedAt: opening.acceptedAt + 12,
    durationMs: 12,
    timings: [{ stage: "call", visit: 1, startedAt: opening.acceptedAt, durationMs: 10 }],
    result: { ok: true, value: { answer: 42 } },
    ...given,
    state: fakeState(opening, { ended: { at: opening.acceptedAt + 12, durationMs: 12 }, ...state }),
  };
}
