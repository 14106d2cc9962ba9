/** The ESM entry point of `hookseal/express`. */

export type * from "./express.js";
export { webhook } from "./express.js";
