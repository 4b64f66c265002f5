import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

/** Facts about this process. */
export interface ProcessWiring {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** An id that no run had before, in the order of time: `20261127-093012-4f2a1c`. */
  newRunId(): string;
  /** The user of the operating system and the host, for records. */
  operator(): string;
}

/** Wires the facts about this process. */
export function wireProcess(): ProcessWiring {
  return {
    now: () => performance.now(),
    newRunId: () => runId(new Date()),
    operator: () => `${userName()}@${hostname()}`,
  };
}

/** A container may run under a number that no account has. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** 24 random bits distinguish runs of one second; a store refuses an id that it already has. */
function runId(at: Date): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '');
  return `${date.replaceAll('-', '')}-${clock}-${randomBytes(3).toString('hex')}`;
}
