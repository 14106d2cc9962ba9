/** Where a warning is written: `console`, or what an application logs with. */
export interface Logger {
  /** Writes one line. */
  warn(message: string): unknown;
}

/** Writes a warning. A logger that fails must not let a delivery through, nor hang its sender. */
export function warn(logger: Logger, message: string): void {
  try {
    logger.warn(message);
  } catch {
    // There is nowhere left to tell it.
  }
}
