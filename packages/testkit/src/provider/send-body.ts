import type { EmbeddingFault } from "./embedding-fault.js";
import type { Fault } from "./fault.js";
import type { Transmission } from "./transmission.js";
import { cutConnection, resetConnection, sendBody } from "./wire.js";

const HTML = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";

/** How an endpoint spells its errors, with a code and a message of its own where none are given. */
interface ErrorWords {
  error(status: number, code?: string, message?: string): Record<string, unknown>;
  readonly tooLong: { readonly code: string; readonly message: string };
}

/** Sends what stands in the place of an answer, and says whether this fault has such a thing. */
export function sendInstead(
  transmission: Transmission,
  fault: Fault | EmbeddingFault | undefined,
  words: ErrorWords,
): boolean {
  switch (fault?.kind) {
    case "reset":
      transmission.finish(() => resetConnection(transmission.response));
      return true;
    case "status": {
      const { status, code, message, retryAfter } = fault;
      const headers: Record<string, string> = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
      sendWhole(transmission, status, JSON.stringify(words.error(status, code, message)), headers);
      return true;
    }
    case "context_length": {
      const { code, message } = words.tooLong;
      sendWhole(transmission, 400, JSON.stringify(words.error(400, code, message)));
      return true;
    }
    case "html_body":
      sendWhole(transmission, fault.status ?? 200, HTML, { "content-type": "text/html" });
      return true;
    case "empty_body":
      sendWhole(transmission, 200, "");
      return true;
    case "error_body":
      sendWhole(transmission, 200, JSON.stringify(words.error(200, fault.code, fault.message)));
      return true;
    default:
      return false;
  }
}

/** Sends a JSON body at once, broken on its way as the fault says. */
export async function sendJson(
  transmission: Transmission,
  body: Record<string, unknown>,
  fault: Fault | EmbeddingFault | undefined,
): Promise<void> {
  const text = JSON.stringify(body);
  switch (fault?.kind) {
    case "slow_first_token":
      await transmission.pause(fault.ms);
      return sendWhole(transmission, 200, text);
    case "malformed_chunk":
      return sendWhole(transmission, 200, text.replace('":', '"'));
    case "truncated_body":
      return sendWhole(transmission, 200, text.slice(0, text.length / 2));
    case "broken_chunking":
      return sendHalf(transmission, text, () => transmission.response.socket?.end("\r\nzz\r\n"));
    case "cut_stream":
      return sendHalf(transmission, text, () => cutConnection(transmission.response));
    case "stalled_stream":
      return sendHalf(transmission, text);
    default:
      return sendWhole(transmission, 200, text);
  }
}

export function sendWhole(
  transmission: Transmission,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  transmission.finish(() => {
    transmission.entry.status = status;
    transmission.markFirstToken();
    sendBody(transmission.response, status, body, headers);
  });
}

// Without an end the connection stays open until the client leaves.
async function sendHalf(transmission: Transmission, text: string, end?: () => void): Promise<void> {
  const { response, entry } = transmission;
  entry.status = 200;
  // In chunks, so that the break lies in the encoding and not only in a length that is not reached.
  response.writeHead(200, { "content-type": "application/json" });
  transmission.markFirstToken();
  await new Promise<void>((resolve) => response.write(text.slice(0, text.length / 2), () => resolve()));
  if (end) transmission.finish(end);
}
