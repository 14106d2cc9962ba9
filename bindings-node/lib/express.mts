/** The ESM entry point of `hookseal/express`. */

export type * from "./express.js";
export { eventOf, tokenEndpoint, webhook } from "./express.js";
