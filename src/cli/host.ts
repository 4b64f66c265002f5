import type { Invocation } from './invocation/invocation.ts';
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
  /** How the user calls us: hints name a command that can be typed. */
  readonly invocation: Invocation;
  /** Calls the listener on SIGINT, SIGTERM and SIGHUP instead of ending the process, until it is taken off. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /**
   * Calls the listener from now on for what is thrown where nobody waits for it, in the context that
   * threw it. If it returns false an exception ends the process as a defect of ours.
   */
  onStrayError(listener: (error: unknown, kind: StrayKind) => boolean): void;
  /** Makes `process.exit()`, `abort()` and `kill()` of itself throw from now on if `refuses` says so. */
  refuseExit(refuses: () => boolean): void;
  /**
   * Calls the listener, until it is taken off, with each line that others print: on the console, or on
   * the streams of the process.
   */
  onConsole(listener: (text: string, stream: 'out' | 'err') => void): () => void;
  /** Ends the process at once. */
  leave(exitCode: number): void;
}

export type StrayKind = 'exception' | 'rejection';
