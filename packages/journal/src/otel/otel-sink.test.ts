import { describeRecordSink, fakeRecord } from "@armature/testkit";
import { SpanKind } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyContentPolicy } from "../content-policy.js";
import { CANARY, fullRecord } from "../full-record.fixture.js";
import { type OtelSinkOptions, otelSink } from "./otel-sink.js";
import { plain, type ReceivedSpan, startReceiver } from "./otlp-receiver.fixture.js";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let tracerProvider: BasicTracerProvider;
let meterProvider: MeterProvider;

beforeEach(async () => {
  receiver = await startReceiver();
  const traces = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  tracerProvider = new BasicTracerProvider({
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor(traces)],
  });
  const exporter = new OTLPMetricExporter({ url: `${receiver.url}/v1/metrics` });
  meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
});

afterEach(async () => {
  await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  await receiver.close();
});

const sink = (options: OtelSinkOptions = {}) => otelSink({ tracerProvider, meterProvider, ...options });

async function received(): Promise<ReceivedSpan[]> {
  await tracerProvider.forceFlush();
  return receiver.spans;
}

/** OTLP counts span kinds from one. */
const kindOf = (span: ReceivedSpan) => span.kind - 1;
const nanos = (ms: number) => `${ms}000000`;

const ERROR = 2;

describe("the OpenTelemetry sink", () => {
  describeRecordSink(() => sink());

  test("tells a record as spans, attribute by attribute", async () => {
    const record = fullRecord();
    await sink().write(record);
    const spans = await received();
    const root = spans.find((span) => span.name === "invoke_workflow triage")!;
    const at = record.acceptedAt;
    expect(root).toMatchObject({
      traceId: record.traceId,
      parentSpanId: record.parentSpanId,
      startTimeUnixNano: nanos(at),
      endTimeUnixNano: nanos(at + 840),
      status: { code: ERROR, message: "OUTPUT_INVALID" },
    });
    expect(kindOf(root)).toBe(SpanKind.INTERNAL);
    expect(plain(root.attributes)).toEqual({
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "triage",
      "gen_ai.agent.name": "triage",
      "gen_ai.conversation.id": "t-42",
      "gen_ai.prompt.name": "triage",
      "gen_ai.prompt.version": "2.1.0",
      "user.id": "ann",
      "armature.prompt.hash": "h",
      "armature.request.id": record.requestId,
      "armature.task": "triage",
      "armature.tenant": "acme",
      "armature.status": "finished",
      "armature.route": "strong",
      "armature.cost.micro_usd": 322,
      "armature.attempts": 2,
      "armature.changes": 1,
      "armature.verdicts": ["guard-pii input redact EMAIL"],
      "armature.degraded": 1,
      "armature.cache.origin_request": "r0",
      "armature.cache.age_ms": 9_000,
      "armature.cache.saved_micro_usd": 310,
      "armature.cache.similarity": 0.97,
      "error.type": "OUTPUT_INVALID",
    });

    const children = spans.filter((span) => span.parentSpanId === root.spanId);
    expect(children.map((span) => [span.name, kindOf(span)])).toEqual([
      ["retrieval hnsw", SpanKind.CLIENT],
      ["chat gpt-4.1-mini", SpanKind.CLIENT],
      ["chat gpt-4.1", SpanKind.CLIENT],
      ["execute_tool lookup", SpanKind.INTERNAL],
      ["execute_tool", SpanKind.INTERNAL],
    ]);
    expect(spans).toHaveLength(6);
    const [retrieval, failed, answered, tool, refused] = children;

    expect(retrieval).toMatchObject({ startTimeUnixNano: nanos(at + 5), endTimeUnixNano: nanos(at + 45) });
    expect(plain(retrieval!.attributes)).toEqual({
      "gen_ai.operation.name": "retrieval",
      "gen_ai.conversation.id": "t-42",
      "gen_ai.data_source.id": "hnsw",
      "armature.request.id": record.requestId,
      "armature.retrieval.passages": 1,
      "armature.retrieval.memories": 1,
      "armature.retrieval.dropped": 1,
      "armature.retrieval.index_version": ["hnsw v12"],
    });

    expect(answered).toMatchObject({ startTimeUnixNano: nanos(at + 52), endTimeUnixNano: nanos(at + 742), status: {} });
    const inference = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.conversation.id": "t-42",
      "gen_ai.prompt.name": "triage",
      "gen_ai.prompt.version": "2.1.0",
      "gen_ai.request.model": "gpt-4.1",
      "gen_ai.response.model": "gpt-4.1-2025-04-14",
      "gen_ai.request.max_tokens": 400,
      "gen_ai.request.temperature": 0.2,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.seed": 7,
      "gen_ai.request.stop_sequences": ["END"],
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0.21,
      "gen_ai.usage.input_tokens": 412,
      "gen_ai.usage.output_tokens": 64,
      "gen_ai.usage.cache_read.input_tokens": 256,
      "gen_ai.usage.cache_write.input_tokens": 12,
      "gen_ai.usage.reasoning.output_tokens": 20,
      "armature.prompt.hash": "h",
      "armature.request.id": record.requestId,
      "armature.attempt.id": "a1",
      "armature.attempt.number": 1,
      "armature.attempt.why": "first",
      "armature.route": "strong",
      "armature.stage": "call",
      "armature.stage.visit": 1,
      "armature.cost.micro_usd": 310,
      "armature.response.fingerprint": "fp_1",
    };
    expect(plain(answered!.attributes)).toEqual(inference);
    const { "armature.response.fingerprint": _, ...without } = inference;
    expect(plain(failed!.attributes)).toEqual({
      ...without,
      "gen_ai.request.model": "gpt-4.1-mini",
      "armature.attempt.id": "a0",
      "armature.route": "fast",
      "armature.cost.micro_usd": 0,
      "http.response.status_code": 429,
      "error.type": "rate_limit",
    });
    expect(failed!.status).toEqual({ code: ERROR, message: "rate_limit" });

    expect(tool).toMatchObject({ startTimeUnixNano: nanos(at + 300), endTimeUnixNano: nanos(at + 312), status: {} });
    expect(plain(tool!.attributes)).toEqual({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "lookup",
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": "call-1",
      "armature.tool.outcome": "answered",
      "armature.stage.visit": 1,
    });
    expect(plain(refused!.attributes)).toMatchObject({ "armature.tool.outcome": "refused", "error.type": "refused" });
  });

  test("tells metrics of durations, tokens, first chunks and costs", async () => {
    await sink().write(fullRecord());
    await meterProvider.forceFlush();
    const points = (name: string) => {
      const metric = receiver.metrics.find((one) => one.name === name)!;
      const all = metric.histogram?.dataPoints ?? metric.sum?.dataPoints ?? [];
      return all.map(({ attributes, sum, asInt, asDouble }) => [plain(attributes), sum ?? Number(asInt ?? asDouble)]);
    };
    const asked = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" };
    const answered = { ...asked, "gen_ai.response.model": "gpt-4.1-2025-04-14" };
    const strong = { ...answered, "gen_ai.request.model": "gpt-4.1" };
    const fast = { ...answered, "gen_ai.request.model": "gpt-4.1-mini" };
    const tool = { "gen_ai.operation.name": "execute_tool" };
    expect(points("gen_ai.client.operation.duration")).toEqual([
      [
        {
          "gen_ai.operation.name": "invoke_workflow",
          "gen_ai.workflow.name": "triage",
          "error.type": "OUTPUT_INVALID",
        },
        0.84,
      ],
      [{ ...fast, "error.type": "rate_limit" }, 0.69],
      [strong, 0.69],
      [{ ...tool, "gen_ai.tool.name": "lookup" }, 0.012],
      [{ ...tool, "error.type": "refused" }, 0.012],
    ]);
    expect(points("gen_ai.client.operation.time_to_first_chunk")).toEqual([
      [fast, 0.21],
      [strong, 0.21],
    ]);
    expect(points("gen_ai.client.token.usage")).toEqual([
      [{ ...fast, "gen_ai.token.type": "input" }, 412],
      [{ ...fast, "gen_ai.token.type": "output" }, 64],
      [{ ...strong, "gen_ai.token.type": "input" }, 412],
      [{ ...strong, "gen_ai.token.type": "output" }, 64],
    ]);
    expect(points("armature.cost")).toEqual([[{ "armature.task": "triage", "armature.tenant": "acme" }, 322]]);
  });

  test("carries no content unless it is asked to, and only what the record keeps", async () => {
    await sink().write(fullRecord());
    await received();
    await meterProvider.forceFlush();
    expect(receiver.bodies.length).toBeGreaterThan(1);
    expect(receiver.bodies.join()).not.toContain(CANARY);
    await sink({ captureContent: true }).write(applyContentPolicy(fullRecord(), "none", "salt"));
    await received();
    expect(receiver.bodies.join()).not.toContain(CANARY);

    receiver.spans.length = 0;
    await sink({ captureContent: true }).write(fullRecord());
    const holding = (await received()).map((span) => Object.entries(plain(span.attributes)));
    const keys = holding.flat().filter(([, value]) => String(value).includes(CANARY));
    expect([...new Set(keys.map(([key]) => key))].sort()).toEqual([
      "gen_ai.input.messages",
      "gen_ai.output.messages",
      "gen_ai.retrieval.query.text",
      "gen_ai.tool.call.arguments",
      "gen_ai.tool.call.result",
      "gen_ai.tool.name",
    ]);
  });

  test("a request without a caller begins a trace; one whose caller is not sampled tells nothing", async () => {
    await sink().write(fakeRecord());
    const [root] = (await received()).filter((span) => span.name === "invoke_workflow test");
    expect(root?.parentSpanId || undefined).toBeUndefined();
    expect(root?.status).toEqual({ code: 0 });
    receiver.spans.length = 0;
    await sink().write({ ...fullRecord(), traceFlags: 0 });
    expect(await received()).toEqual([]);
  });
});
