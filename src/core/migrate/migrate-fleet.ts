import type { Failure } from '../failure.ts';
import type { Outcome, SkippedOutcome } from '../outcome.ts';
import { hostKey } from '../tenant.ts';
import { attemptSafely } from './attempt-safely.ts';
import type { Candidate, PassedOver } from './candidate.ts';
import type { FleetOptions } from './fleet-options.ts';
import { fullJitter } from './full-jitter.ts';
import { createHostHealth, type HostRecord, isHostTrouble } from './host-health.ts';
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

/** Tenants that wait between two attempts; at this many no new ones are taken. */
const MOST_SLEEPING = 1_000;
/** A row that was read longer ago is read again before its tenant's turn. */
const FRESH_MS = 60_000;
/** Tenants that are looked at ahead if those before them wait for a host that is slow, capped or silent. */
const LOOK_AHEAD = 2_000;

/**
 * Migrates tenants in parallel and yields the outcome of each as soon as it is known. A slot is held only
 * while an attempt runs: transient failures wait elsewhere for their next attempt. No tenant stops the
 * others, and neither does a host: one that does not answer has few slots, and once it is down its tenants
 * fail at once. Memory does not grow with the fleet: no more tenants are taken than slots, look-ahead and
 * waiting room hold, and none are started while the reader of the outcomes falls behind.
 *
 * Once the run is stopped nothing is started: running attempts end, tenants that wait for another attempt
 * have failed, and the rest of the list is skipped. A tenant that failed in an earlier round keeps that
 * outcome, so none is yielded. An error of the list itself is thrown after all running attempts have ended.
 */
export async function* migrateFleet(
  entries: AsyncIterable<Candidate | PassedOver>,
  options: FleetOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const { pace, retry, clock, random, stop, observer } = options;
  const { health = createHostHealth() } = options;
  const list = entries[Symbol.asyncIterator]();
  const lanes = createHostLanes<Waiting>({
    limitOn: pace.isByHost ? pace.limitOn : undefined,
    maxUnheard: () => Math.max(1, Math.floor(pace.limit / 2)),
    health,
  });
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
    else for (const { progress, host } of lanes.drain(isDown)) finishAsDown(progress, host);
    const mayRead = () =>
      listIs !== 'ended' &&
      lanes.waiting < Math.max(pace.limit, LOOK_AHEAD) &&
      sleeping < MOST_SLEEPING;
    const hasFree = () => running - lanes.stuck < pace.limit;
    while (hasFree() && finished.length < pace.limit) {
      const next = lanes.take(!mayRead());
      if (next === undefined) break;
      running += 1;
      void work(next.host, next.item);
    }
    const isShort =
      lanes.ready < pace.limit &&
      finished.length < pace.limit &&
      (hasFree() || lanes.waiting < pace.limit);
    if (listIs === 'open' && isShort && mayRead() && !abandoned) {
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
    if ('skipped' in entry) return finish(entry.skipped, entry.before);
    const host = hostKey(entry.tenant.address);
    lanes.add(host, { host, progress: startProgress(entry), since: clock.now() });
  };

  const work = async (host: string, waiting: Waiting) => {
    const fresh = await freshCandidate(waiting);
    if ('skipped' in fresh) {
      running -= 1;
      lanes.release(host);
      finish(fresh.skipped, fresh.before);
      return advance();
    }
    const candidate = fresh;
    const progress = { ...waiting.progress, candidate };
    if (progress.attempts === 0) observer.started(candidate);
    const startedAt = clock.now();
    const paced = pace.begin(host, candidate.tenant);
    let isHeard = false;
    const onAnswer = () => {
      isHeard = true;
      paced.answered();
      health.answered(host);
      advance();
    };
    const attempt = await attemptSafely(() => options.attempt(candidate.tenant, onAnswer));
    const endedAt = clock.now();
    const tried = addAttempt(progress, attempt, endedAt - startedAt, endedAt);
    paced.ended(attempt);
    running -= 1;
    lanes.release(host);
    const failure = attempt.status === 'failed' ? attempt.failure : undefined;
    const isTransient = failure?.retryable === true;
    const isLast = !isTransient || tried.attempts >= retry.attempts || stop.signal.aborted;
    if (!isHeard) health.ended(host, attempt, isLast);
    if (attempt.status === 'continue' && !stop.signal.aborted) {
      // It has come further, so that a later failure is retried as often as a first one.
      lanes.add(host, { host, progress: { ...tried, attempts: 1 } });
    } else if (
      !isHeard &&
      failure !== undefined &&
      isHostTrouble(failure) &&
      isDown(health.of(host))
    ) {
      finishAsDown(tried, host);
    } else if (failure !== undefined && !isLast) {
      void waitForNextAttempt({ host, progress: tried, failure });
    } else {
      finish(outcomeOf(tried, attempt), candidate.before);
    }
    advance();
  };

  const freshCandidate = async ({ progress, since }: Waiting) => {
    const { candidate, attempts } = progress;
    const isStale = attempts === 0 && since !== undefined && clock.now() - since > FRESH_MS;
    if (!isStale || options.refresh === undefined) return candidate;
    return options.refresh(candidate).catch(() => candidate);
  };

  const waitForNextAttempt = async (waiting: Waiting & { readonly failure: Failure }) => {
    const { candidate, attempts } = waiting.progress;
    const delayMs = fullJitter(attempts, retry, random);
    sleeping += 1;
    observer.retried(candidate, attempts, delayMs, waiting.failure);
    await clock.sleep(delayMs, wakeSleepers.signal);
    sleeping -= 1;
    lanes.add(waiting.host, waiting);
    advance();
  };

  const giveUp = ({ progress, failure }: Waiting) => {
    const { before } = progress.candidate;
    if (progress.attempts > 0) finish(failedOutcome(progress, failure ?? INTERRUPTED), before);
    else if (before === undefined) finish(skipped(progress, stop.stopped?.message), before);
  };

  const finishAsDown = (progress: TenantProgress, host: string) => {
    const { down } = health.of(host);
    if (down !== undefined) finish(failedOutcome(progress, down), progress.candidate.before);
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
  const ignorePace = pace.onChange(() => advance());
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
    ignorePace();
    stop.signal.removeEventListener('abort', onStop);
    wakeSleepers.abort();
    // Nothing outlives the reader: no attempt, no timer, no open list.
    while (running + sleeping > 0) await somethingHappens();
    await list.return?.();
  }
}

/** A tenant that waits for a slot; `failure` is that of its last attempt. */
interface Waiting {
  readonly host: string;
  readonly progress: TenantProgress;
  readonly failure?: Failure;
  /** When its row was read, before the first attempt. */
  readonly since?: number;
}

function isDown({ standing }: HostRecord): boolean {
  return standing === 'down';
}

function skipped(progress: TenantProgress, why = ''): SkippedOutcome {
  const reason = `The run was stopped before its turn. ${why}`.trimEnd();
  return { ...facts(progress), status: 'skipped', cause: 'stopped', reason };
}
