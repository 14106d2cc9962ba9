import express from "express";
import { eventOf, webhook } from "hookseal/express";

const { env } = process;
const publicUrl = env.PUBLIC_URL; // what the providers call, e.g. https://api.example.com

const app = express();

/** Answers a call. Reached only by requests that Plivo signed. */
function answer(_req, res) {
  // The verified form of a POST: new URLSearchParams(eventOf(req).text()).
  res.type("application/xml").send("<Response><Speak>Hello</Speak></Response>");
}

/** Takes events. Reached only by verified deliveries; the payload is decrypted where it was encrypted. */
function take(req, res) {
  const { scheme, payload } = eventOf(req);
  console.log(`${scheme}: ${payload.length} bytes`);
  res.status(200).end();
}

if (env.PLIVO_AUTH_TOKEN) {
  const plivo = webhook("plivo", {
    authToken: env.PLIVO_AUTH_TOKEN.split(","), // several during a rotation, or for sub-accounts
    publicUrl,
  });
  app.get("/plivo/answer", plivo, answer);
  app.post("/plivo/answer", plivo, answer);
}

if (env.ENABLEX_APP_ID) {
  app.post("/enablex", webhook("enablex", { appId: env.ENABLEX_APP_ID, publicUrl }), take);
}

if (env.VCC_LIVE_SECRET) {
  const vccLive = webhook("vcc-live", {
    urlToken: env.VCC_LIVE_URL_TOKEN,
    secret: env.VCC_LIVE_SECRET,
    cipher: env.VCC_LIVE_CIPHER,
    publicUrl,
  });
  app.post("/vcc-live", vccLive, take);
}

if (env.KAISA_PASSWORD) {
  const kaisa = webhook("kaisa-basic", {
    username: env.KAISA_USERNAME,
    password: env.KAISA_PASSWORD,
    publicUrl,
  });
  app.post("/kaisa", kaisa, take);
}

if (env.AZURE_ACS_AUDIENCE) {
  const callback = webhook("azure-communication-services", {
    audience: env.AZURE_ACS_AUDIENCE, // the immutable resource id
    ...(env.AZURE_ACS_JWKS_URI && { jwksUri: env.AZURE_ACS_JWKS_URI }),
    publicUrl,
  });
  app.post("/azure/callback", callback, take);
}

if (env.AZURE_EVENT_GRID_TOKEN) {
  const events = webhook("azure-event-grid", {
    urlToken: env.AZURE_EVENT_GRID_TOKEN,
    subscriptionNames: [env.AZURE_EVENT_GRID_SUBSCRIPTION],
    publicUrl,
  });
  app.options("/azure/events", events); // Azure asks for consent; the middleware answers
  app.post("/azure/events", events, take);
}

const port = Number(env.PORT ?? 3000);
app.listen(port, () => console.log(`listening on port ${port}`));
