import hookseal = require("hookseal");

import { VerificationError, type VerifiedEvent, Verifier } from "hookseal";
import { webhook } from "hookseal/express";

const verifier: hookseal.Verifier = new Verifier("plivo", { authToken: "one" });

export function verify(body: Buffer): VerifiedEvent | hookseal.ErrorCode {
  try {
    return verifier.verify({ method: "POST", url: "/", headers: {}, body });
  } catch (error) {
    if (error instanceof VerificationError) {
      return error.code;
    }
    throw error;
  }
}

export const middleware = webhook(verifier);
