import type { ErrorCode } from '../error-codes.ts';
import { type Failure, fingerprint, type OwnFailure } from '../failure.ts';
import type { FailedOutcome, Outcome } from '../outcome.ts';
import { asSentence } from '../wording/as-sentence.ts';
import type { Attempt } from './attempt.ts';

/**
 * How a database server has behaved in this run. `untried`: it has not answered yet. `answers`: its last
 * sign was an answer. `silent`: an attempt got no answer, and none has come since. `down`: two got none;
 * it is not attempted any more. `probed`: it was down, and one attempt at a time may show that it is back.
 */
export type HostStanding = 'untried' | 'answers' | 'silent' | 'down' | 'probed';

/** A database server with its state as seen by the run. */
export interface HostRecord {
  readonly name: string;
  readonly standing: HostStanding;
  /** The failure of its tenants if it is down, else `undefined`. */
  readonly down: OwnFailure | undefined;
}

/** Remembers for a run which database servers answer, so that one that does not cannot hold up the others. */
export interface HostHealth {
  /** The record of a host, which stays up to date. */
  of(host: string): HostRecord;
  /** The host has answered a question. */
  answered(host: string): void;
  /** An attempt has ended without an answer. `isLast`: its tenant is not attempted again in this round. */
  ended(host: string, attempt: Attempt, isLast: boolean): void;
  /** Gives each host that is down one more chance. */
  lookAgain(): void;
  /** Takes over what was observed elsewhere: the host is down, and its tenants fail like this. */
  remember(host: string, down: OwnFailure): void;
  /** The hosts that are down, with the failure of their tenants. */
  downHosts(): { readonly host: string; readonly failure: OwnFailure }[];
  /** Whether a host went down since the run began, or since it was probed again. */
  readonly wentDown: boolean;
  /** Whether a host is down. */
  readonly isAnyDown: boolean;
}

/** So many attempts in a row without any answer, and a host is down. */
const ENOUGH = 2;
/** Hosts that are remembered; a forgotten one is simply tried again. */
const MOST_REMEMBERED = 10_000;

/** The code of a tenant that was not attempted, or not again, because its host is down. */
const HOST_DOWN = 'HostDown' satisfies ErrorCode;

/** Waiting for these takes as long as the time limit allows. */
const SLOW: ReadonlySet<string> = new Set<ErrorCode>(['ConnectionTimedOut']);
/**
 * These fail at once and pass often, such as during a restart, which is why they are retried. They count
 * against the host when all attempts at a tenant have ended like that.
 */
const QUICK: ReadonlySet<string> = new Set<ErrorCode>([
  'ConnectionRefused',
  'ConnectionLost',
  'HostNotFound',
]);

interface Kept extends HostRecord {
  standing: HostStanding;
  down: OwnFailure | undefined;
  inVain: number;
}

/** A health without any observation; `onDown` is called for each host that goes down. */
export function createHostHealth(onDown: (down: OwnFailure) => void = () => {}): HostHealth {
  const hosts = new Map<string, Kept>();
  let wentDown = false;

  const of = (host: string): Kept => {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const kept: Kept = { name: host, standing: 'untried', down: undefined, inVain: 0 };
    hosts.set(host, kept);
    const oldest = hosts.keys().next().value;
    if (hosts.size > MOST_REMEMBERED && oldest !== undefined) hosts.delete(oldest);
    return kept;
  };

  const inVain = (host: Kept, failure: OwnFailure) => {
    const isProbe = host.standing === 'probed';
    host.inVain += 1;
    if (host.standing === 'down') return;
    host.standing = isProbe || host.inVain >= ENOUGH ? 'down' : 'silent';
    if (host.standing !== 'down') return;
    host.down = hostDown(host.name, failure);
    if (isProbe) return;
    wentDown = true;
    onDown(host.down);
  };

  return {
    of,
    answered(name) {
      const host = of(name);
      host.standing = 'answers';
      host.inVain = 0;
      host.down = undefined;
    },
    ended(name, attempt, isLast) {
      if (attempt.status !== 'failed') return this.answered(name);
      const { failure } = attempt;
      if (isHostTrouble(failure) && (isLast || SLOW.has(failure.code))) inVain(of(name), failure);
    },
    lookAgain() {
      wentDown = false;
      for (const host of hosts.values()) {
        if (host.standing !== 'down') continue;
        host.standing = 'probed';
        host.down = undefined;
      }
    },
    remember(name, down) {
      const host = of(name);
      host.standing = 'down';
      host.down = down;
    },
    downHosts: () =>
      [...hosts.values()].flatMap(({ name, down }) =>
        down === undefined ? [] : [{ host: name, failure: down }],
      ),
    get wentDown() {
      return wentDown;
    },
    get isAnyDown() {
      return [...hosts.values()].some(({ standing }) => standing === 'down');
    },
  };
}

/** Whether the tenant's host did not answer; it may be back when it is probed again. */
export function isUnheard(outcome: Outcome): outcome is FailedOutcome {
  if (outcome.status !== 'failed') return false;
  return outcome.failure.code === HOST_DOWN || isHostTrouble(outcome.failure);
}

/** Whether the host did not answer: all other failures are the tenant's. */
export function isHostTrouble({ code, retryable }: Failure): boolean {
  return SLOW.has(code) || (retryable && QUICK.has(code));
}

function hostDown(host: string, { message }: OwnFailure): OwnFailure {
  return {
    code: HOST_DOWN,
    message: `${asSentence(message)} It was not the first time: the server counts as down, and its other tenants fail without an attempt.`,
    nextStep:
      'Check that the server runs and can be reached from here; then retry the tenants that failed or were not reached.',
    retryable: true,
    fingerprint: fingerprintOfHost(host),
  };
}

/** Each server is a separate cause, however it was found to be down, because each is repaired separately. */
function fingerprintOfHost(host: string): string {
  return fingerprint({ code: HOST_DOWN, shape: host });
}

/**
 * The failure, with the cause of its server if that did not answer, so that attempts that found the server
 * down and tenants that were not attempted any more are one cause.
 */
export function ofItsHost(failure: OwnFailure, host: string): OwnFailure {
  if (!isHostTrouble(failure) || failure.migration !== undefined) return failure;
  return { ...failure, fingerprint: fingerprintOfHost(host) };
}
