/**
 * The conformance receiver: Express and the public middleware, nothing else.
 *
 * `PORT` is where it listens; `HOOKSEAL_WEBHOOKS` names a JSON file
 * `{ name: { scheme, option: …, now } }`. The header `Hookseal-Webhook` of a
 * request names the entry that it is verified with.
 */

import { readFileSync } from "node:fs";

import express from "express";
import { webhook } from "hookseal/express";

const entries = JSON.parse(readFileSync(process.env.HOOKSEAL_WEBHOOKS, "utf8"));
const handlers = new Map(Object.entries(entries).map(([name, entry]) => [name, handler(entry)]));

function handler({ scheme, now, ...options }) {
  try {
    return webhook(scheme, options, {
      // Nobody can be asked about tokens here.
      ...(options.introspection === true ? { introspect: () => Promise.reject() } : {}),
      ...(now === undefined || now === null ? {} : { now: () => now }),
      onRejected: (error, _req, res) => res.setHeader("Hookseal-Code", error.code),
    });
  } catch (error) {
    return (_req, res) => res.status(error.status).set("Hookseal-Code", error.code).end();
  }
}

const app = express();

app.use((req, res, next) => {
  const name = req.get("Hookseal-Webhook");
  if (name === undefined) {
    res.send("ready");
    return;
  }
  const verify = handlers.get(name);
  if (verify === undefined) {
    res.status(404).end();
    return;
  }
  verify(req, res, next);
});

app.use(({ webhook: event }, res) => {
  const { deliveryId, ...covers } = event.covers;
  res.json({
    scheme: event.scheme,
    payload_base64: Buffer.from(event.payload).toString("base64"),
    key_id: event.keyId,
    timestamp: event.timestamp,
    delivery_id: event.deliveryId,
    event_type: event.eventType,
    replay_key: event.replayKey,
    claims: event.claims,
    covers: { ...covers, delivery_id: deliveryId },
    url_form: event.urlForm,
  });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
