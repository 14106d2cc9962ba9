/** How a log line names a webhook and the path that was called. */

import type { IncomingMessage } from "node:http";

import { receivedTarget } from "./request.js";

/** Longer than any name or path that somebody wants to read. */
const MAX_LENGTH = 200;

/** One line of text, whatever a caller put into its path. */
export function label(req: IncomingMessage, name: string, scheme: string): string {
  return `webhook ${quoted(name)} (scheme ${quoted(scheme)}, path ${quoted(path(req))})`;
}

/** Without the query, which may hold a token, and without what precedes the path. */
function path(req: IncomingMessage): string {
  const target = receivedTarget(req);
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] as string;
}

function quoted(text: string): string {
  const part = text.slice(0, MAX_LENGTH);
  const end = part.length < text.length ? "…" : "";
  const escaped = part.replace(
    /[^ !#-[\]-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}${end}"`;
}
