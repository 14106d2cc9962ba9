/** Requests byte for byte, to a server of this process. */

import { once } from "node:events";
import { connect } from "node:net";

/** The port of a server that now listens on this machine only. */
export async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

export function closed(server) {
  server.closeAllConnections?.();
  server.close();
}

/** A server that has not answered by then never will; no test waits for it. */
const PATIENCE_MS = 20_000;

/** The answer to what is written to a new connection, or `null` where there is none. */
export async function exchange(port, ...parts) {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(PATIENCE_MS, () => socket.end());
  await once(socket, "connect");
  for (const part of parts) {
    socket.write(part);
  }
  const chunks = [];
  for await (const chunk of socket) {
    chunks.push(chunk);
  }
  return answer(Buffer.concat(chunks).toString("latin1"));
}

function answer(text) {
  if (text === "") {
    return null;
  }
  const [head, ...rest] = text.split("\r\n\r\n");
  const [status, ...lines] = head.split("\r\n");
  return {
    status: Number(status.split(" ")[1]),
    headers: new Headers(lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2))),
    body: rest.join("\r\n\r\n"),
  };
}

/** The head of a request; `headers` is a list of pairs. Characters are bytes. */
export function head(method, target, headers) {
  const lines = [["connection", "close"], ...headers].map((pair) => `${pair.join(": ")}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
}

/** A whole request. */
export function request(method, target, headers, body = Buffer.alloc(0)) {
  const length = body.length > 0 ? [["content-length", body.length]] : [];
  return Buffer.concat([head(method, target, [...headers, ...length]), body]);
}
