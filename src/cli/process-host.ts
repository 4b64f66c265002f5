import { Console } from 'node:console';
import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { Host, StrayKind } from './host.ts';

/** The process as commands know it, and what only its entrance asks. */
export interface ProcessHost extends Host {
  /** Why a part of standard output could not be written, if that is so. */
  readonly lostOutput: Error | undefined;
}

/** By these somebody asks us to end: Ctrl-C, a supervisor, a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The real process as a host. */
export function createProcessHost(): ProcessHost {
  let lost: NodeJS.ErrnoException | undefined;
  keepGoing(process.stdout, (error) => {
    lost ??= error;
  });
  keepGoing(process.stderr, () => {});
  return {
    get lostOutput() {
      return lost;
    },
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    pipesOutput: isPipe(process.stdout.fd),
    env: process.env,
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onStrayError,
    onConsole,
    refuseExit,
    leave: (exitCode) => process.exit(exitCode),
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    return file.isFIFO() || file.isSocket();
  } catch {
    // Closed from the start: `>&-`.
    return false;
  }
}

function onStrayError(listener: (error: unknown, kind: StrayKind) => boolean): void {
  process.on('unhandledRejection', (reason) => listener(reason, 'rejection'));
  // Takes precedence over the listener of main.ts, which ends the process.
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (!listener(error, 'exception')) process.emit('uncaughtException', error);
  });
}

function onConsole(listener: (text: string, stream: 'out' | 'err') => void): () => void {
  const own = { ...console };
  const sink = (stream: 'out' | 'err') =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        listener(String(text), stream);
        done();
      },
    });
  Object.assign(console, new Console({ stdout: sink('out'), stderr: sink('err') }));
  return () => {
    Object.assign(console, own);
  };
}

function refuseExit(refuses: () => boolean): void {
  const { exit } = process;
  process.exit = (code) => {
    if (!refuses()) exit.call(process, code);
    throw new Error(
      `process.exit(${code ?? ''}) was called, in a process that migrates other tenants as well`,
    );
  };
}

/** `| head` and a terminal that was closed: nobody reads on, and nobody misses what follows. */
const NOBODY_READS = new Set(['EPIPE', 'EIO']);

/**
 * Output that cannot be written is no reason to stop in the middle of a run. What is lost because
 * nobody reads it is not missed; a full disk is remembered for the end.
 */
function keepGoing(stream: NodeJS.WriteStream, onLost: (error: NodeJS.ErrnoException) => void) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.has(error.code ?? '')) onLost(error);
  });
}
