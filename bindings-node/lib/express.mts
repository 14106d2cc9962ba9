/** The ESM entry point of `hookseal/express`. */

export type * from "./express.js";
export { tokenEndpoint, webhook } from "./express.js";
