import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { onTestFinished, vi } from 'vitest';
import { canonicalInvocation } from '../../../src/cli/invocation/invocation.ts';
import type { OutputStream } from '../../../src/cli/output/look.ts';
import type { Host } from '../../../src/cli/process/host.ts';

/** A host without a process: it records its output, and the test sends signals. */
export interface FakeHost extends Host {
  /** The text on standard output so far. */
  readonly out: string;
  /** The text on standard error so far. */
  readonly err: string;
  /** Exit codes with which the process was left at once. */
  readonly left: readonly number[];
  signal(name: NodeJS.Signals): void;
  reject(reason: unknown): void;
}

export interface FakeHostOptions {
  readonly env?: Record<string, string>;
  /** Piped in; without it standard input is empty. */
  readonly stdin?: string;
  /** Makes standard output and standard error a terminal of so many columns. */
  readonly columns?: number;
  /** Colors whatever the streams are; default: none whatever they are. */
  readonly color?: boolean;
}

/** A host for one command line. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { env = {}, stdin = '', columns, color = false } = options;
  vi.stubEnv('FORCE_COLOR', color ? '1' : '0');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const events = new EventEmitter();
  const stdout = keepingStream(columns);
  const stderr = keepingStream(columns);
  const left: number[] = [];
  return {
    stdin: new PassThrough().end(stdin),
    stdout: stdout.stream,
    stderr: stderr.stream,
    pipesOutput: columns === undefined,
    env,
    invocation: canonicalInvocation,
    onSignal: (listener) => listening(events, 'signal', listener),
    onStrayError: (listener) => {
      events.on('rejection', (reason) => listener(reason, 'rejection'));
    },
    refuseExit: () => {},
    onConsole: () => () => {},
    leave: (exitCode) => left.push(exitCode),
    left,
    get out() {
      return stdout.text();
    },
    get err() {
      return stderr.text();
    },
    signal: (name) => events.emit('signal', name),
    reject: (reason) => events.emit('rejection', reason),
  };
}

function listening<Value>(
  events: EventEmitter,
  name: string,
  listener: (value: Value) => void,
): () => void {
  events.on(name, listener);
  return () => events.off(name, listener);
}

function keepingStream(columns: number | undefined): {
  readonly stream: OutputStream;
  text(): string;
} {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return {
    stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }),
    text: () => text,
  };
}
