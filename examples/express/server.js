import express from "express";
import { webhook } from "hookseal/express";

const { PORT = "3000", PLIVO_AUTH_TOKEN = "", PUBLIC_URL = "" } = process.env;

const plivo = webhook("plivo", {
  authToken: PLIVO_AUTH_TOKEN.split(","), // several during a rotation, or for sub-accounts
  publicUrl: PUBLIC_URL, // what Plivo calls, e.g. https://api.example.com
});

const app = express();

/** Answers a call. Reached only by requests that Plivo signed. */
function answer(_req, res) {
  // The verified form of a POST is in req.body, as bytes: new URLSearchParams(String(req.body)).
  res.type("application/xml").send("<Response><Speak>Hello</Speak></Response>");
}

app.get("/plivo/answer", plivo, answer);
app.post("/plivo/answer", plivo, answer);

app.listen(Number(PORT), () => console.log(`listening on port ${PORT}`));
