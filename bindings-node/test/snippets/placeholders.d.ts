/** What the snippets of the documentation take for granted. */

import type { IncomingHttpHeaders } from "node:http";
import type { Express, RequestHandler } from "express";

declare global {
  const Verifier: typeof import("hookseal").Verifier;
  const eventOf: typeof import("hookseal/express").eventOf;
  const tokenEndpoint: typeof import("hookseal/express").tokenEndpoint;
  const webhook: typeof import("hookseal/express").webhook;

  const app: Express;
  const handler: RequestHandler;
  const events: RequestHandler;
  const issuer: import("hookseal").TokenIssuer;
  const verifier: import("hookseal").Verifier;

  const method: string;
  const url: string;
  const authority: string;
  const scheme: string;
  const headers: IncomingHttpHeaders;
  /** The raw body of a request, and the text of one that was kept. */
  const body: Buffer & string;

  const appId: string;
  const audience: string;
  const authToken: string;
  const clientId: string;
  const clientSecret: string;
  const encryptedData: string;
  const hmacSecret: string;
  const iv: string;
  const password: string;
  const publicUrl: string;
  const secret: string;
  const urlToken: string;
}
