import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ArmatureError } from "@armature/contracts";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { resilient } from "./resilient.js";
import {
  type Conduct,
  chunk,
  completion,
  DONE,
  event,
  json,
  STREAM_HEAD,
  USAGE,
  type Wire,
  wire,
} from "./wire.fixture.js";

const ATTEMPT_MS = 1_500;
const IDLE_MS = 500;
// The machine may be busy with other tests.
const PATIENT = { retry: 2, timeout: 30_000 };

/** Goes on where the first route may have broken off. */
const GOOD = "Words of this other one.";
const HALF = chunk({ role: "assistant", content: "Words of" }) + chunk({ content: " this" });
const WHOLE = HALF + chunk({}, "stop") + USAGE + DONE;
const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const LONG = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n";
const error = { error: { message: "boom", type: "server_error", code: "server_error" } };

const says =
  (bytes: string | Buffer): Conduct =>
  (socket) =>
    socket.end(bytes);

/** `first`, and then `again` every few milliseconds for ever. */
function forever(first: string, again: string, everyMs = 50): Conduct {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write(again), everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}

/** `bytes` in pieces that end wherever they may, also within a character. */
function inPieces(bytes: Buffer, size: number): Conduct {
  return (socket: Socket) => {
    socket.setNoDelay(true);
    let at = 0;
    const next = () => {
      if (at >= bytes.length) return void socket.end();
      socket.write(bytes.subarray(at, at + size));
      at += size;
      setTimeout(next, 1);
    };
    next();
  };
}

const refused = (status: string, headers = "") => says(json(error, status, headers));
const asBody = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

type Row = readonly [name: string, conduct: Conduct];

/** Retried once, as `retries: 1` allows, then the next route. */
const AGAIN: readonly Row[] = [
  ["a head that is cut", says("HTTP/1.1 200 OK\r\nContent-Ty")],
  [
    "a reset within the head",
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Ty");
      setTimeout(() => socket.resetAndDestroy(), 10);
    },
  ],
  ["another protocol", says("SSH-2.0-server\r\n")],
  ["a page of HTML", says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>no</html>")],
  ["no body", says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")],
  ["an error as the body", says(json(error))],
  ["null as the body", says(json("null"))],
  ["status 204", says("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")],
  ["status 408", refused("408 Timeout")],
  ["status 409", refused("409 Conflict")],
  ["status 424", refused("424 Failed Dependency")],
  ["status 425", refused("425 Too Early")],
  ["status 529", refused("529 Overloaded")],
  ["a wait until a day that is past", refused("429 Slow", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n")],
  ["a wait below nothing", refused("429 Slow", "Retry-After: -5\r\n")],
  ["a wait in words", refused("429 Slow", "Retry-After: soon\r\n")],
  ["chunks without a size", says(`${CHUNKED}zz\r\nfoo`)],
  ["chunks that end early", says(CHUNKED + asBody(HALF))],
  ["a body shorter than its length", says(`${LONG}{"id":"1"`)],
  ["an error within the stream", says(STREAM_HEAD + HALF + event(error) + DONE)],
  ["an error before a regular end", says(STREAM_HEAD + HALF + event(error) + chunk({}, "stop") + USAGE + DONE)],
  ["a stream that just ends", says(STREAM_HEAD + HALF)],
];

/** The next route at once. */
const ELSEWHERE: readonly Row[] = [
  ["a wait of centuries", refused("429 Slow", "Retry-After: 99999999999999999999\r\n")],
  ["a wait until the last day", refused("429 Slow", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n")],
  ["status 451", refused("451 Not Here")],
  ["a redirect to nowhere", refused("307 Elsewhere")],
  ["a head that never ends", forever("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")],
  ["a body that never ends", forever(`${LONG}{`, " ")],
  ["keep-alives", forever(STREAM_HEAD + HALF, ": alive\n\n")],
  ["empty deltas", forever(STREAM_HEAD + HALF, chunk({ content: "" }))],
  ["events without choices", forever(STREAM_HEAD + HALF, event({ id: "1", choices: [] }))],
  ["deltas of another choice", forever(STREAM_HEAD + HALF, chunk({ content: "no" }, null, 1))],
  ["thoughts, one by one", forever(STREAM_HEAD + HALF, chunk({ role: "assistant", reasoning_content: "hm" }))],
];

/** Only the form is strange. */
const WELL: readonly Row[] = [
  ["a byte order mark", says(`${STREAM_HEAD}\ufeff${WHOLE}`)],
  ["lines with carriage returns", says(STREAM_HEAD + WHOLE.replaceAll("\n", "\r\n"))],
  ["the wrong content type", says(STREAM_HEAD.replace("text/event-stream", "text/plain") + WHOLE)],
  ["usage before the finish reason", says(STREAM_HEAD + HALF + USAGE + chunk({}, "stop") + DONE)],
  ["a second end", says(STREAM_HEAD + HALF + chunk({}, "stop") + chunk({}, "stop") + USAGE + USAGE + DONE)],
  ["another model's name", says(STREAM_HEAD + WHOLE.replaceAll('"model":"m"', '"model":"n"'))],
  ["pieces of three bytes", inPieces(Buffer.from(STREAM_HEAD + WHOLE.replace(" this", " thïs 😀")), 3)],
];

/** What a listener has at the end, and how it came to it. */
async function ask(conduct: Conduct, delivery: "verified" | "live") {
  const bad = await wire(conduct);
  const live = STREAM_HEAD + chunk({ role: "assistant", content: GOOD }, "stop") + USAGE + DONE;
  const good = await wire(says(delivery === "live" ? live : completion({ content: GOOD })));
  const chat = ({ url }: Wire) =>
    new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration: { baseURL: url, logLevel: "off" } });
  const model = resilient(chat(bad), {
    fallbacks: [chat(good)],
    retries: 1,
    backoff: { baseMs: 1, maxMs: 2 },
    attemptTimeoutMs: ATTEMPT_MS,
    firstTokenTimeoutMs: IDLE_MS,
    idleTimeoutMs: IDLE_MS,
    deadlineMs: 3 * ATTEMPT_MS,
    delivery,
  });
  let text = "";
  let code: string | undefined;
  try {
    for await (const message of await model.stream("hi")) text += message.text;
  } catch (thrown) {
    code = ArmatureError.isInstance(thrown) ? thrown.code : String(thrown);
  }
  // Node's fetch may put a fresh connection in the place of one that was given up; nothing is sent on it.
  for (let tries = 0; bad.busy > 0 && tries < 100; tries++) await sleep(20);
  const ended = { text, code, requests: [bad.requests, good.requests], busy: bad.busy };
  bad.close();
  good.close();
  return ended;
}

describe.each(["verified", "live"] as const)("a provider that says strange things, %s delivery", (delivery) => {
  it.concurrent.each(AGAIN)("is asked once more, then another: %s", PATIENT, async (_, conduct) => {
    expect(await ask(conduct, delivery)).toEqual({ text: GOOD, code: undefined, requests: [2, 1], busy: 0 });
  });

  it.concurrent.each(ELSEWHERE)("is left at once: %s", PATIENT, async (_, conduct) => {
    expect(await ask(conduct, delivery)).toEqual({ text: GOOD, code: undefined, requests: [1, 1], busy: 0 });
  });
});

describe("a provider that says the right thing strangely", () => {
  it.concurrent.each(WELL)("is understood: %s", PATIENT, async (_, conduct) => {
    const { text, ...rest } = await ask(conduct, "live");
    expect(text).toMatch(/^Words of th(is|ïs 😀)$/);
    expect(rest).toEqual({ code: undefined, requests: [1, 0], busy: 0 });
  });
});
