import type { RecordSink, RequestRecord } from "@armature/contracts";
import {
  type Context,
  type MeterProvider,
  metrics,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { recordMetrics } from "./record-metrics.js";
import { type RecordSpan, spansOf } from "./record-spans.js";

export interface OtelSinkOptions {
  /** The globally registered ones by default. */
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  /** Puts messages, answers, queries and tool results into spans, as far as the record keeps them. Off by default. */
  readonly captureContent?: boolean;
}

const SCOPE = "@armature/journal";

/**
 * Tells OpenTelemetry what a record says: one `invoke_workflow` span under the caller's span, below it a span for each
 * retrieval, attempt and tool run, all with the times at which they happened; and the metrics of their operations.
 */
export function otelSink({ tracerProvider, meterProvider, captureContent = false }: OtelSinkOptions = {}): RecordSink {
  const tracer = (tracerProvider ?? trace).getTracer(SCOPE);
  const measure = recordMetrics((meterProvider ?? metrics).getMeter(SCOPE));

  function emit({ name, kind, start, end, attributes, error }: RecordSpan, parent: Context): Context {
    const span = tracer.startSpan(name, { kind, startTime: start, attributes }, parent);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    // Its context outlives the span: the children are told afterwards.
    span.end(Math.max(start, end));
    return trace.setSpan(parent, span);
  }

  return {
    name: "otel",
    write(record) {
      const { root, children } = spansOf(record, captureContent);
      const context = emit(root, callerContext(record));
      for (const child of children) emit(child, context);
      measure(record);
    },
  };
}

function callerContext({ traceId, parentSpanId, traceFlags = TraceFlags.SAMPLED }: RequestRecord): Context {
  if (traceId === undefined || parentSpanId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentSpanId, traceFlags, isRemote: true });
}
