import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { ArmatureError } from "@armature/contracts";
import { describe, expect, it } from "vitest";
import { classifyFault } from "./fault.js";

const NOW = Date.UTC(2026, 0, 1);

function httpError(status: number, fields: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(`${status} oh`), { status, ...fields });
}

describe("classifyFault", () => {
  it.each<[string, unknown, string, string, string]>([
    ["a rate limit", httpError(429), "rate_limit", "retry", "PROVIDER_UNAVAILABLE"],
    ["an empty account", httpError(429, { code: "insufficient_quota" }), "quota", "failover", "PROVIDER_UNAVAILABLE"],
    ["an unpaid account", httpError(402), "quota", "failover", "PROVIDER_UNAVAILABLE"],
    [
      "an empty account of Anthropic",
      httpError(400, { message: "Your credit balance is too low to access the API." }),
      "quota",
      "failover",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a rate limit inside a stream",
      Object.assign(new Error("slow down"), { error: { type: "rate_limit_error" } }),
      "rate_limit",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "an overload of Anthropic",
      httpError(529, { error: { type: "error", error: { type: "overloaded_error" } } }),
      "overloaded",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a long prompt of Anthropic",
      httpError(400, { message: "prompt is too long: 210000 tokens" }),
      "context_length",
      "larger",
      "CONTEXT_TOO_LONG",
    ],
    ["a filter of Azure", httpError(400, { code: "content_filter" }), "content_filter", "stop", "CONTENT_FILTERED"],
    ["a bad request", httpError(422), "bad_request", "stop", "PROVIDER_REJECTED"],
    ["a model that failed", httpError(424), "server_error", "retry", "PROVIDER_UNAVAILABLE"],
    ["a gateway whose caller has left", httpError(499), "server_error", "retry", "PROVIDER_UNAVAILABLE"],
    ["a model that is gone", httpError(410), "not_found", "failover", "PROVIDER_REJECTED"],
    ["a method that is not allowed", httpError(405), "refused", "failover", "PROVIDER_REJECTED"],
    ["a country that is not served", httpError(451), "refused", "failover", "PROVIDER_REJECTED"],
    ["an address that moved", httpError(302), "redirect", "failover", "PROVIDER_REJECTED"],
    ["a forbidden model", httpError(403), "permission", "stop", "PROVIDER_REJECTED"],
    [
      "a 5xx that quotes the context length",
      httpError(502, { message: "maximum context length" }),
      "server_error",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a refused connection",
      new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) }),
      "unreachable",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a reset",
      new TypeError("terminated", { cause: Object.assign(new Error("no"), { code: "ECONNRESET" }) }),
      "connection_reset",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a connect timeout",
      new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "UND_ERR_CONNECT_TIMEOUT" }) }),
      "connect_timeout",
      "leave",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a body that is no JSON",
      new SyntaxError("Unexpected token <"),
      "malformed_body",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "a body that ends in a string",
      new SyntaxError("Unterminated string in JSON at position 40"),
      "malformed_body",
      "retry",
      "PROVIDER_UNAVAILABLE",
    ],
    [
      "addresses that lead to each other",
      new TypeError("fetch failed", { cause: new Error("redirect count exceeded") }),
      "redirect",
      "failover",
      "PROVIDER_REJECTED",
    ],
    ["an error event of OpenAI", streamError("server_error"), "server_error", "retry", "PROVIDER_UNAVAILABLE"],
    ["an error event of a stream", streamError("api_error"), "server_error", "retry", "PROVIDER_UNAVAILABLE"],
    ["a rate limit in a stream", streamError("rate_limit_error"), "rate_limit", "retry", "PROVIDER_UNAVAILABLE"],
    ["something unknown", "boom", "unknown", "retry", "PROVIDER_UNAVAILABLE"],
  ])("knows %s", (_, error, kind, disposition, code) => {
    expect(classifyFault(error, NOW)).toMatchObject({ fault: { kind, code }, disposition });
  });

  it("keeps the cause of what it does not know", () => {
    const error = new Error("strange");
    expect(classifyFault(error, NOW).cause).toBe(error);
  });

  it.each<[string, string, number]>([
    ["retry-after", "2", 2_000],
    ["retry-after", new Date(NOW + 7_000).toUTCString(), 7_000],
    ["retry-after", new Date(NOW - 7_000).toUTCString(), 0],
    ["retry-after-ms", "150", 150],
    ["retry-after", "9".repeat(400), Number.MAX_SAFE_INTEGER],
    ["retry-after-ms", "Infinity", Number.MAX_SAFE_INTEGER],
  ])("reads %s: %s", (name, value, ms) => {
    expect(classifyFault(httpError(429, { headers: new Headers({ [name]: value }) }), NOW).fault.retryAfterMs).toBe(ms);
  });

  it("reads no nonsense", () => {
    const { fault } = classifyFault(httpError(429, { headers: new Headers({ "retry-after": "soon" }) }), NOW);
    expect(fault).not.toHaveProperty("retryAfterMs");
  });

  it.each<[string, Error]>([
    ["a certificate that has expired", Object.assign(new Error("no"), { code: "CERT_HAS_EXPIRED" })],
    ["a certificate for another", Object.assign(new Error("no"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" })],
    ["no address that answers", Object.assign(new AggregateError([]), { code: "ETIMEDOUT" })],
  ])("takes %s for a provider that was not reached", (_, cause) => {
    const classified = classifyFault(new TypeError("fetch failed", { cause }), NOW);
    expect(classified).toMatchObject({ fault: { kind: "unreachable" }, disposition: "retry", billed: false });
  });

  it("takes a server without TLS for one that was not reached", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await fetch(url, { method: "POST", body: "{}" }).catch((thrown: unknown) => thrown);
    server.close();
    expect(classifyFault(error, NOW)).toMatchObject({ fault: { kind: "unreachable" }, billed: false });
  });

  it("bills nothing where the provider surely has not run the model", () => {
    const refused = new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }) });
    expect(classifyFault(httpError(503), NOW).billed).toBe(false);
    expect(classifyFault(refused, NOW).billed).toBe(false);
    expect(classifyFault(new TypeError("terminated"), NOW).billed).toBe(true);
  });

  it("takes what models of this house already know", () => {
    const error = new ArmatureError("PROVIDER_UNAVAILABLE", "no completion", {
      details: { kind: "html_body", status: 200 },
    });
    expect(classifyFault(error, NOW)).toMatchObject({
      fault: { code: "PROVIDER_UNAVAILABLE", kind: "html_body", status: 200 },
      disposition: "retry",
    });
  });

  it("repeats no key", () => {
    const { fault } = classifyFault(httpError(401, { message: "Incorrect API key provided: sk-abcdef123456." }), NOW);
    expect(fault.message).toBe("Incorrect API key provided: [key].");
  });
});

// As Anthropic's client throws it: the answer itself had status 200.
function streamError(type: string): Error {
  return Object.assign(new Error("it broke"), { error: { type: "error", error: { type, message: "it broke" } } });
}
