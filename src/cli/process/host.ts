import type { Invocation } from '../invocation/invocation.ts';
import type { OutputStream } from '../output/look.ts';

/** A stream that may be a terminal with a keyboard. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
  /** Whether a prompt reads each key by itself. */
  readonly isRaw?: boolean | undefined;
}

/**
 * The process that the command line runs in. `main.ts` passes in the real one; nothing else in the command
 * line touches `process`.
 */
export interface Host {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether standard output is a pipe to another program. */
  readonly pipesOutput: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the user calls us, so that hints name commands that can be typed. */
  readonly invocation: Invocation;
  /**
   * Calls the listener on SIGINT, SIGTERM and SIGHUP instead of ending the process. Returns the function that
   * removes it.
   */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
  /**
   * Calls the listener from now on for errors that nothing awaits, in the context that threw them. If it
   * returns false, an exception ends the process as a bug of ours.
   */
  onStrayError(listener: (error: unknown, kind: StrayKind) => boolean): void;
  /** Makes `process.exit()`, `abort()` and `kill()` of the own process throw while `refuses` returns true. */
  refuseExit(refuses: () => boolean): void;
  /**
   * Calls the listener with each line that other code prints on the console or the streams of the process.
   * Returns the function that removes it.
   */
  onConsole(listener: (text: string, stream: 'out' | 'err') => void): () => void;
  /** Ends the process at once. */
  leave(exitCode: number): void;
}

export type StrayKind = 'exception' | 'rejection';
