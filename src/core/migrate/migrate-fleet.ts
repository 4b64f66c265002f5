import type { Failure } from '../failure.ts';
import type { Outcome, SkippedOutcome } from '../outcome.ts';
import type { Clock } from '../ports.ts';
import type { StopSwitch } from '../stop-switch.ts';
import { hostKey, type Tenant } from '../tenant.ts';
import type { Attempt } from './attempt.ts';
import { attemptSafely } from './attempt-safely.ts';
import type { Candidate, PassedOver } from './candidate.ts';
import { fullJitter, type RetryPolicy } from './full-jitter.ts';
import { createHostLanes } from './host-lanes.ts';
import {
  addAttempt,
  facts,
  failedOutcome,
  INTERRUPTED,
  outcomeOf,
  startProgress,
  type TenantProgress,
} from './tenant-progress.ts';

/** Is told what happens while it happens, before any further tenant is started. Must not throw. */
export interface FleetObserver {
  started(candidate: Candidate): void;
  /** `attempts` of this round have failed; the next one comes after `delayMs`. */
  retried(candidate: Candidate, attempts: number, delayMs: number, failure: Failure): void;
  /** `before` is what had become of the tenant before this round. */
  finished(outcome: Outcome, before: Outcome | undefined): void;
}

export interface FleetOptions {
  /** Attempts one tenant once. What it throws becomes a failure of that tenant. */
  readonly attempt: (tenant: Tenant) => Promise<Attempt>;
  /** Tenants at a time. */
  readonly maxConcurrency: number;
  /** Tenants at a time on one database server. */
  readonly maxPerHost?: number | undefined;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly stop: Pick<StopSwitch, 'signal' | 'stopped'>;
  readonly observer: FleetObserver;
}

/** Tenants that wait between two attempts; at this many no new ones are taken. */
const MOST_SLEEPING = 1_000;
/** Tenants that are looked at ahead where a capped host may hold some up. */
const LOOK_AHEAD = 500;

/**
 * Migrates tenants in parallel and gives out what became of each, as it is known. A slot is held only
 * while an attempt runs: transient failures wait elsewhere for their next attempt. No tenant stops
 * the others. Memory does not grow with the fleet: no more tenants are taken than slots, look-ahead
 * and waiting room hold, and none are started while the reader of the outcomes falls behind.
 *
 * Once the run is stopped nothing is started: what runs is finished, what waits for another attempt
 * has failed, and the rest of what is listed is skipped; a tenant that failed in an earlier round
 * keeps that outcome, so none is given out. What is wrong with the list itself is thrown, after
 * everything that runs has come to its end.
 */
export async function* migrateFleet(
  entries: AsyncIterable<Candidate | PassedOver>,
  options: FleetOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const { maxConcurrency, maxPerHost, retry, clock, random, stop, observer } = options;
  const lookAhead = Math.max(maxConcurrency, maxPerHost === undefined ? 0 : LOOK_AHEAD);
  const list = entries[Symbol.asyncIterator]();
  const lanes = createHostLanes<Waiting>(maxPerHost);
  const finished: Outcome[] = [];
  const wakeSleepers = new AbortController();
  let listIs = 'open' as 'open' | 'being read' | 'ended';
  let listError: { readonly error: unknown } | undefined;
  let running = 0;
  let sleeping = 0;
  let abandoned = false;
  let wakeReader = () => {};

  const advance = () => {
    if (stop.signal.aborted || abandoned) lanes.drain().forEach(giveUp);
    while (running < maxConcurrency && finished.length < maxConcurrency) {
      const next = lanes.take();
      if (next === undefined) break;
      running += 1;
      void work(next.host, next.item);
    }
    const hasRoom =
      lanes.waiting < lookAhead && sleeping < MOST_SLEEPING && finished.length < maxConcurrency;
    if (listIs === 'open' && hasRoom && !abandoned) {
      listIs = 'being read';
      void read();
    }
    wakeReader();
  };

  const read = async () => {
    try {
      const next = await list.next();
      listIs = next.done === true ? 'ended' : 'open';
      if (next.done !== true) accept(next.value);
    } catch (error) {
      listIs = 'ended';
      listError = { error };
    }
    advance();
  };

  const accept = (entry: Candidate | PassedOver) => {
    if ('skipped' in entry) finish(entry.skipped, entry.before);
    else lanes.add(hostKey(entry.tenant.address), { progress: startProgress(entry) });
  };

  const work = async (host: string, { progress }: Waiting) => {
    const { candidate } = progress;
    if (progress.attempts === 0) observer.started(candidate);
    const startedAt = clock.now();
    const attempt = await attemptSafely(() => options.attempt(candidate.tenant));
    const tried = addAttempt(progress, attempt, clock.now() - startedAt);
    running -= 1;
    lanes.release(host);
    const isTransient = attempt.status === 'failed' && attempt.failure.retryable;
    if (attempt.status === 'continue' && !stop.signal.aborted) {
      lanes.add(host, { progress: tried });
    } else if (isTransient && tried.attempts < retry.attempts && !stop.signal.aborted) {
      void waitForNextAttempt(host, { progress: tried, failure: attempt.failure });
    } else {
      finish(outcomeOf(tried, attempt), candidate.before);
    }
    advance();
  };

  const waitForNextAttempt = async (host: string, waiting: Required<Waiting>) => {
    const { candidate, attempts } = waiting.progress;
    const delayMs = fullJitter(attempts, retry, random);
    sleeping += 1;
    observer.retried(candidate, attempts, delayMs, waiting.failure);
    await clock.sleep(delayMs, wakeSleepers.signal);
    sleeping -= 1;
    lanes.add(host, waiting);
    advance();
  };

  const giveUp = ({ progress, failure }: Waiting) => {
    const { before } = progress.candidate;
    if (progress.attempts > 0) finish(failedOutcome(progress, failure ?? INTERRUPTED), before);
    else if (before === undefined) finish(skipped(progress, stop.stopped?.message), before);
  };

  const finish = (outcome: Outcome, before: Outcome | undefined) => {
    finished.push(outcome);
    observer.finished(outcome, before);
  };

  const onStop = () => {
    wakeSleepers.abort();
    advance();
  };

  const somethingHappens = () =>
    new Promise<void>((resolve) => {
      wakeReader = resolve;
    });

  stop.signal.addEventListener('abort', onStop);
  try {
    if (stop.signal.aborted) onStop();
    for (;;) {
      advance();
      const outcome = finished.shift();
      if (outcome !== undefined) yield outcome;
      else if (listIs === 'ended' && running + sleeping + lanes.waiting === 0) break;
      else await somethingHappens();
    }
    if (listError !== undefined) throw listError.error;
  } finally {
    abandoned = true;
    stop.signal.removeEventListener('abort', onStop);
    wakeSleepers.abort();
    // Nothing outlives the reader: no attempt, no timer, no open list.
    while (running + sleeping > 0) await somethingHappens();
    await list.return?.();
  }
}

/** A tenant that waits for a slot; `failure` is that of its last attempt. */
interface Waiting {
  readonly progress: TenantProgress;
  readonly failure?: Failure;
}

function skipped(progress: TenantProgress, why = ''): SkippedOutcome {
  const reason = `The run was stopped before its turn. ${why}`.trimEnd();
  return { ...facts(progress), status: 'skipped', cause: 'stopped', reason };
}
