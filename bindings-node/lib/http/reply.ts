import type { ServerResponse } from "node:http";

import type { Reply } from "../errors.js";

/** Sends a response as it is, with its length: some senders take no chunks. */
export function sendReply(res: ServerResponse, { status, headers, body }: Reply): void {
  res.statusCode = status;
  for (const [name, value] of headers) {
    res.setHeader(name, value);
  }
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.end(body);
}
