import type { RequestRecord } from "@armature/contracts";
import type { Attributes, Meter } from "@opentelemetry/api";
import { costOfRecord } from "../record-row.js";
import { ERROR_TYPE, GEN_AI, METRICS, OWN, providerName } from "./attributes.js";

// The bounds that the conventions advise: durations double, tokens quadruple.
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/** Makes the instruments once and returns what feeds them with a record. */
export function recordMetrics(meter: Meter): (record: RequestRecord) => void {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  const duration = histogram(METRICS.duration, "s", "Duration of an operation.", SECONDS);
  const firstChunk = histogram(METRICS.firstChunk, "s", "From sending a request to its first chunk.", SECONDS);
  const tokens = histogram(METRICS.tokens, "{token}", "Tokens of one operation.", TOKENS);
  const cost = meter.createCounter(METRICS.cost, { unit: "{micro_usd}", description: "What requests cost." });

  return (record) => {
    const { task, tenant, result, durationMs, state, tools = [] } = record;
    const code = result && !result.ok ? result.failure.code : undefined;
    const whole = { [GEN_AI.operation]: "invoke_workflow", [GEN_AI.workflow]: task, ...error(code) };
    if (durationMs !== undefined) duration.record(durationMs / 1_000, whole);
    cost.add(costOfRecord(record), { [OWN.task]: task, ...(tenant !== undefined && { [OWN.tenant]: tenant }) });
    for (const { provider, model, answeredBy, latencyMs, firstTokenMs, usage, fault } of state.attempts) {
      const own = {
        [GEN_AI.operation]: "chat",
        [GEN_AI.provider]: providerName(provider),
        [GEN_AI.requestModel]: model,
        ...(answeredBy !== undefined && { [GEN_AI.responseModel]: answeredBy }),
      };
      duration.record(latencyMs / 1_000, { ...own, ...error(fault?.kind) });
      if (firstTokenMs !== undefined) firstChunk.record(firstTokenMs / 1_000, own);
      if (usage) {
        tokens.record(usage.inputTokens, { ...own, [GEN_AI.tokenType]: "input" });
        tokens.record(usage.outputTokens, { ...own, [GEN_AI.tokenType]: "output" });
      }
    }
    for (const { name, outcome, latencyMs } of tools) {
      const known = outcome === "refused" ? {} : { [GEN_AI.toolName]: name };
      const ended = error(outcome === "answered" ? undefined : outcome);
      duration.record(latencyMs / 1_000, { [GEN_AI.operation]: "execute_tool", ...known, ...ended });
    }
  };
}

function error(type: string | undefined): Attributes {
  return type === undefined ? {} : { [ERROR_TYPE]: type };
}
