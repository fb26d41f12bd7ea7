import type { RecordOpening } from "@armature/contracts";
import { isSpanContextValid, trace } from "@opentelemetry/api";

/** The caller's span, where OpenTelemetry is set up and one is active: a request's telemetry hangs under it. */
export function activeTrace(): Pick<RecordOpening, "traceId" | "parentSpanId" | "traceFlags"> {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return {};
  return { traceId: span.traceId, parentSpanId: span.spanId, traceFlags: span.traceFlags };
}
