import { fstatSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { thrownProperty } from '../../core/text/thrown-text.ts';
import { findInvocation } from '../invocation/find-invocation.ts';
import { type GuardedStream, guardStream } from './guarded-stream.ts';
import type { Host, StrayKind } from './host.ts';

/** The process as a host, with the members that only `main.ts` uses. */
export interface ProcessHost extends Host {
  /** The error for which a part of standard output was not written, if there was one. */
  readonly lostOutput: Error | undefined;
}

/** Requests to end: Ctrl-C, a supervisor, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The real process as a host. From here on, other code such as migrations reaches the streams and the end of
 * the process only through us. With `--json`, its output before a command listens goes to standard error,
 * because standard output is only for JSON.
 */
export function createProcessHost(): ProcessHost {
  let lost: NodeJS.ErrnoException | undefined;
  keepGoing(process.stdout, (error) => {
    lost ??= error;
  });
  keepGoing(process.stderr, () => {});
  const json = process.argv.includes('--json');
  const err = guardStream(process.stderr, (text) => err.own.write(text));
  const out = guardStream(process.stdout, (text) => (json ? err : out).own.write(text));
  const exit = process.exit.bind(process);
  return {
    get lostOutput() {
      return lost;
    },
    stdin: process.stdin,
    stdout: out.own,
    stderr: err.own,
    pipesOutput: isPipe(process.stdout.fd),
    env: process.env,
    invocation: findInvocation({
      folder: currentFolder(),
      entry: process.argv[1] ?? '',
      env: process.env,
    }),
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onStrayError,
    onConsole: (listener) => onPrint({ out, err }, listener),
    refuseExit,
    leave: (exitCode) => exit(exitCode),
  };
}

/** The root if the folder was deleted; the command then reports the problem in its own words. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

function isPipe(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    return file.isFIFO() || file.isSocket();
  } catch {
    // The stream was closed from the start: `>&-`.
    return false;
  }
}

function onStrayError(listener: (error: unknown, kind: StrayKind) => boolean): void {
  process.on('unhandledRejection', (reason) => listener(reason, 'rejection'));
  // Takes precedence over the listener of main.ts, which ends the process.
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (listener(error, 'exception') || isForeign(error)) return;
    process.emit('uncaughtException', error);
  });
  // Other code must not remove it: the next careless migration would end the process.
  process.setUncaughtExceptionCaptureCallback = () => {};
}

/** The folder of our code, compiled or not. */
const OURS = fileURLToPath(new URL('..', import.meta.url));

/**
 * Whether an exception comes from a user's file while no code of ours was running, such as a timer that a
 * migration file started when it was loaded. An exception of a driver does not count, because it may have
 * broken one of our connections.
 */
function isForeign(error: unknown): boolean {
  const stack = thrownProperty(error, 'stack');
  if (typeof stack !== 'string') return false;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  if (frames.some((frame) => frame.includes(OURS))) return false;
  return frames.some((frame) => /[/\\]/.test(frame) && !/node:|node_modules/.test(frame));
}

function onPrint(
  { out, err }: { readonly out: GuardedStream; readonly err: GuardedStream },
  listener: (text: string, stream: 'out' | 'err') => void,
): () => void {
  const stops = [
    out.onForeign((line) => listener(line, 'out')),
    err.onForeign((line) => listener(line, 'err')),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function refuseExit(refuses: () => boolean): void {
  const { exit, abort, kill } = process;
  const refusal = (call: string) =>
    new Error(`${call} was called in a process that also migrates other tenants`);
  process.exit = (code) => {
    if (!refuses()) exit.call(process, code);
    throw refusal(`process.exit(${code ?? ''})`);
  };
  process.abort = () => {
    if (!refuses()) abort.call(process);
    throw refusal('process.abort()');
  };
  process.kill = (pid, signal) => {
    const isOwn = pid === process.pid || pid === 0 || pid === -process.pid;
    // Signal 0 only checks whether the process exists.
    if (!isOwn || signal === 0 || !refuses()) return kill.call(process, pid, signal);
    throw refusal(`process.kill(${pid === process.pid ? 'process.pid' : pid})`);
  };
}

/** Errors of an output without a reader, such as `| head` or a closed terminal: nothing is missed. */
const NOBODY_READS = new Set(['EPIPE', 'EIO']);

/**
 * Output that cannot be written is not a reason to stop in the middle of a run. Output without a reader is
 * ignored; a full disk is reported at the end.
 */
function keepGoing(stream: NodeJS.WriteStream, onLost: (error: NodeJS.ErrnoException) => void) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.has(error.code ?? '')) onLost(error);
  });
}
