/** Where a command runs and where it writes. */
export interface Terminal {
  /** The folder in which the command was called. */
  readonly cwd: string;
  /** One or more lines of the result. */
  out(text: string): void;
  /** One or more lines about what is wrong. */
  err(text: string): void;
  /** One line that replaces the one before; an empty one ends it. Absent where nobody watches. */
  progress?(text: string): void;
  /** Calls once when somebody wants the command to end, as with Ctrl-C; returns how to stop listening. */
  onInterrupt?(stop: () => void): () => void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    onInterrupt(stop) {
      // Once: the second time the process ends as it would without us.
      process.once("SIGINT", stop);
      return () => void process.off("SIGINT", stop);
    },
    ...(process.stderr.isTTY && { progress: (text: string) => void process.stderr.write(`\r\u001b[K${text}`) }),
  };
}
