/**
 * hookseal against the npm package `plivo`: one V3 POST with 20 parameters,
 * from the received headers and bytes to the verdict, so parsing the form is in
 * both.
 */

import assert from "node:assert/strict";
import { parse } from "node:querystring";

import { Verifier } from "hookseal";
import plivo from "plivo";

import { race } from "./race.mjs";

const TARGET = 8;

const TOKEN = "MTE4ZDg0ZjQtYTQ4Ny00NzBhLTk4";
const URL = "https://api.example.com/plivo/answer?tenant=7";

const fields = {
  ALegRequestUUID: "2ed4b9d1-5d8f-4a3c-a0bb-8c6d8f0b2f11",
  ALegUUID: "2ed4b9d1-5d8f-4a3c-a0bb-8c6d8f0b2f11",
  AnswerTime: "2026-11-22 10:15:02",
  BillDuration: "0",
  BillRate: "0.002",
  CallStatus: "in-progress",
  CallUUID: "2ed4b9d1-5d8f-4a3c-a0bb-8c6d8f0b2f11",
  CallerName: "+14156667777",
  Digits: "1",
  Direction: "inbound",
  Event: "StartApp",
  From: "+14156667777",
  HangupCause: "",
  ParentAuthID: "MAXXXXXXXXXXXXXXXXXX",
  RequestUUID: "2ed4b9d1-5d8f-4a3c-a0bb-8c6d8f0b2f11",
  STIRVerification: "Verified",
  SessionStart: "2026-11-22 10:15:01.238707",
  "SIP-H-To": "<sip:14158889999@203.0.113.5;transport=udp>;tag=1",
  Speech: "I'd like to speak to Jürgen, please.",
  To: "+14158889999",
};
const body = Buffer.from(new URLSearchParams(fields).toString());

const verifier = new Verifier("plivo", { authToken: TOKEN });
const signed = verifier.sign({ method: "POST", url: URL, body });
const headers = {
  host: "api.example.com",
  accept: "*/*",
  "accept-encoding": "gzip, deflate",
  connection: "keep-alive",
  "content-type": "application/x-www-form-urlencoded",
  "content-length": String(body.length),
  "user-agent": "Plivo",
  "x-request-id": "6d1f9a3e2c7b4850",
  "x-forwarded-for": "203.0.113.5",
  "x-forwarded-proto": "https",
  via: "1.1 proxy",
  "cache-control": "no-cache",
  ...signed,
};

const contenders = {
  hookseal() {
    return verifier.verify({ method: "POST", url: URL, headers, body }).payload.length > 0;
  },
  plivo() {
    return plivo.validateV3Signature(
      "POST",
      URL,
      headers["x-plivo-signature-v3-nonce"],
      TOKEN,
      headers["x-plivo-signature-v3"],
      parse(body.toString()),
    );
  },
};

assert.equal(Object.keys(fields).length, 20);
for (const [name, verify] of Object.entries(contenders)) {
  assert.equal(verify(), true, `${name} must accept the delivery`);
}

await race(`V3 POST of 20 parameters (${body.length} bytes)`, contenders, TARGET);
