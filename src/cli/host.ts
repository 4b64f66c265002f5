import type { OutputStream } from './output/look.ts';

/** A stream that may be a terminal with a keyboard. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
}

/**
 * The process that the command line runs in, as far as it needs one. `main.ts` hands in the real
 * one; nothing else in the command line touches `process`.
 */
export interface Host {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether standard output goes through a pipe to another program. */
  readonly pipesOutput: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls the listener on SIGINT and SIGTERM instead of ending the process, until it is taken off. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Calls the listener for a promise that was rejected while nobody waited for it, until it is taken off. */
  onStrayRejection(listener: (reason: unknown) => void): () => void;
  /** Ends the process at once. */
  leave(exitCode: number): void;
}
