import type { ServerResponse } from "node:http";

/** Sends a whole body with its length. */
export function sendBody(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
  });
  response.end(body);
}

/** Writes a part of a body and resolves once it has been handed to the operating system, or the client has gone. */
export function writePart(response: ServerResponse, part: string): Promise<void> {
  return new Promise((resolve) => response.write(part, () => resolve()));
}

/** Writes bytes past the chunked encoding, straight onto the connection. */
export function writeRaw(response: ServerResponse, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    if (!response.socket) return resolve();
    response.socket.write(bytes, () => resolve());
  });
}

/** Ends the connection as a dying process does: what was written arrives, the rest of the answer never does. */
export function cutConnection(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Ends the connection with a TCP reset. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
