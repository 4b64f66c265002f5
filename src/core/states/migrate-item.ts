import { closedUntil } from '../backfill/backfill-hours.ts';
import { DEFAULT_PACE } from '../backfill/batch-size.ts';
import { passOfRun } from '../backfill/pass-of-run.ts';
import type { ControlWatch } from '../backfill/run-control.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { ErrorCode } from '../error-codes.ts';
import { type Failure, fingerprint, type OwnFailure } from '../failure.ts';
import type { Attempt, AttemptTenant } from '../migrate/attempt.ts';
import { attemptSafely } from '../migrate/attempt-safely.ts';
import {
  addAttempt,
  failedOutcome,
  outcomeOf,
  type TenantProgress,
} from '../migrate/tenant-progress.ts';
import type { FailedOutcome, Outcome, OwnNote } from '../outcome.ts';
import { TENANT_FAILED, TENANT_FAILED_RETRYABLE } from '../wire/error-names.ts';
import type { Continuation, ItemRun } from '../wire/step-data.ts';
import type {
  MigrateTenantContinue,
  MigrateTenantEvent,
  MigrateTenantOnline,
} from '../wire/step-schemas.ts';
import { countOf } from '../wording/count-of.ts';
import { wordsOnStack } from '../wording/on-stack.ts';
import { boundedLists, boundedNotes, boundedOutcome } from './bounded-outcome.ts';
import { deployedBundle } from './deployed-bundle.ts';
import { boundedFailure, failedOutcomeText } from './failed-outcome-text.ts';
import { gatedByRehearsal } from './gated-by-rehearsal.ts';
import { itemCandidate } from './item-candidate.ts';
import { keepRest, type Lists, type RestStore } from './keep-rest.ts';
import {
  afterOnlineTask,
  needsOnlineTask,
  type OnlineTaskEnd,
  onlineTaskCommand,
  ranOnlineTask,
} from './online-task.ts';
import type { RequiredRehearsal } from './required-rehearsal.ts';

/** The result of one invocation for one tenant. */
export type ItemResult =
  /** Returned: the child execution ends with it, or waits and continues. */
  | {
      readonly kind: 'returned';
      readonly value: Outcome | MigrateTenantContinue | MigrateTenantOnline;
    }
  /** Thrown, so that the child fails: under this name, with this message and no stack. */
  | {
      readonly kind: 'thrown';
      readonly name: typeof TENANT_FAILED | typeof TENANT_FAILED_RETRYABLE;
      readonly message: string;
      readonly outcome: FailedOutcome;
    };

export interface MigrateItemDependencies {
  readonly attemptTenant: AttemptTenant;
  /** All migrations that are deployed. */
  readonly bundle: Bundle;
  /** Absent if tenants are migrated without evidence of a rehearsal. */
  readonly rehearsal?: RequiredRehearsal | undefined;
  /** Takes the migrations that outcomes leave out. Default: they are only counted. */
  readonly rests?: RestStore | undefined;
  /** The stack that commands in outcomes are typed for; absent: they stay as they are. */
  readonly stack?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Whether the function's time is nearly up. */
  readonly pause: () => boolean;
  /** Follows the wishes of others for the backfills of a run. Default: nobody can wish for anything. */
  readonly watchControl?: ((runId: string) => ControlWatch) | undefined;
  /** The time that one tenant may take over all its invocations. */
  readonly maxHoursPerTenant: number;
  /** Log group of the task for huge tables, if runs start it. Default: they do not. */
  readonly onlineTaskLogs?: string | undefined;
}

/** The time in which another migrator of this tenant may have finished. */
const BUSY_SECONDS = 60;
/** Tenants that wait for a slot of one server return at different times. */
const HOST_BUSY_SECONDS = { from: 30, to: 60 };
/** After a transient failure that came after some progress. */
const PROGRESS_SECONDS = 5;
/**
 * A tenant that waits for hours is tried less and less often, after a fiftieth of the time so far: an execution may
 * have 25,000 events, and each round of waiting takes nine.
 */
const WAITED_SHARE = 1 / 50;
const LONGEST_WAIT_SECONDS = 600;
/** The shortest time after which a tenant of a paused run looks again. */
const PAUSED_SECONDS = 15;
/** A state may wait for a year; but an operator may want to end the run. */
const LONGEST_CLOSED_SECONDS = 86_400;
const HOUR_MS = 3_600_000;

/**
 * Attempts one tenant once. A tenant that is in use has not failed: it waits for its turn outside of
 * any function. Neither has one that was paused, or that failed transiently after some progress: it
 * continues, together with the list of what was applied so far.
 */
export async function migrateItem(
  event: MigrateTenantEvent,
  dependencies: MigrateItemDependencies,
): Promise<ItemResult> {
  const { now, pause } = dependencies;
  const attemptTenant = gatedByRehearsal(
    dependencies.attemptTenant,
    dependencies.rehearsal,
    dependencies.bundle,
  );
  const startedAt = now();
  const before = progressOf(event);
  const bundle = deployedBundle(event.run, dependencies.bundle);
  const { runId, request, leavesBackfills } = event.run;
  const { wave, position } = event.item;
  const keeping = <Whole extends Lists>(whole: Whole, cut: (whole: Whole) => Partial<Lists>) =>
    keepRest(whole, cut, { runId, wave, position, at: Math.round(now()) }, dependencies.rests);
  const failed = (progress: TenantProgress, failure: Failure) =>
    keeping(failedOutcome(progress, failure), boundedFailure);
  if (bundle === undefined) {
    return thrown(TENANT_FAILED, await failed(before, bundleChanged(event.run)));
  }
  const { takesBackfills } = passOfRun(request, 'second');
  const control = takesBackfills ? dependencies.watchControl?.(runId) : undefined;
  await control?.first;
  const opens = takesBackfills ? closedUntil(request, startedAt) : undefined;
  if (control?.now.isPaused === true || opens !== undefined) {
    control?.end();
    return paused(event, before, { at: now(), opens });
  }
  const answer = await attemptSafely(() =>
    attemptTenant(before.candidate.tenant, {
      ...{ runId, bundle, request, leavesBackfills, pause },
      ...(takesBackfills && {
        backfills: {
          pause: () => control?.now.isPaused === true || closedUntil(request, now()) !== undefined,
          pace: () => control?.now.pace ?? DEFAULT_PACE,
        },
      }),
    }),
  ).finally(() => control?.end());
  // Before anything is cut: the name of the stack takes room.
  const attempt = wordsOnStack(answer, dependencies.stack);
  const { onlineTaskLogs } = dependencies;
  const task = event.continuation?.online;
  const attempted = withTask(
    withControlProblem(attempt, control?.problem),
    task,
    onlineTaskLogs ?? 'CloudWatch Logs',
  );
  const endedAt = now();
  const progress = addAttempt(before, attempted, endedAt - startedAt, endedAt);
  const failure = attempt.status === 'failed' ? attempt.failure : undefined;
  if (failure !== undefined && onlineTaskLogs !== undefined && needsOnlineTask(request, failure)) {
    if (task !== undefined) {
      const ended = afterOnlineTask(failure, task, onlineTaskLogs);
      return thrown(TENANT_FAILED, await failed(progress, ended));
    }
    const since = sinceWithoutPause(event.continuation, startedAt);
    const continuation = continuationOf(await keeping(progress, boundedLists), { since });
    const command = onlineTaskCommand(request, before.candidate.tenant.id, bundle);
    return { kind: 'returned', value: { status: 'online', command, continuation } };
  }
  const waitSeconds = secondsUntilNext(attempt, dependencies.random);
  if (waitSeconds === undefined) {
    if (failure === undefined) {
      const outcome = await keeping(outcomeOf(progress, attempt), boundedOutcome);
      return { kind: 'returned', value: boundedOutcome(outcome) };
    }
    const name = failure.retryable ? TENANT_FAILED_RETRYABLE : TENANT_FAILED;
    return thrown(name, await failed(progress, failure));
  }
  const since = sinceWithoutPause(event.continuation, startedAt);
  const { maxHoursPerTenant } = dependencies;
  if (now() - Date.parse(since) >= maxHoursPerTenant * HOUR_MS) {
    return thrown(TENANT_FAILED, await failed(progress, tookTooLong(maxHoursPerTenant, failure)));
  }
  const continuation = continuationOf(await keeping(progress, boundedLists), {
    since,
    online: task,
  });
  const isWaiting = failure?.code === 'TenantBusy' || failure?.code === 'TenantHostBusy';
  const patience = isWaiting ? ((now() - Date.parse(since)) / 1_000) * WAITED_SHARE : 0;
  const seconds = Math.max(waitSeconds, Math.min(LONGEST_WAIT_SECONDS, Math.floor(patience)));
  return { kind: 'returned', value: { status: 'continue', waitSeconds: seconds, continuation } };
}

/** While somebody holds the backfills of the run, or their hours have not come, nothing of the tenant is touched. */
function paused(
  { continuation }: MigrateTenantEvent,
  progress: TenantProgress,
  { at, opens }: { readonly at: number; readonly opens: number | undefined },
): ItemResult {
  const since = continuation?.since ?? new Date(at).toISOString();
  const pausedSince = continuation?.pausedSince ?? new Date(at).toISOString();
  const soFar = (at - Date.parse(pausedSince)) / 1_000;
  const untilOpen = opens === undefined ? 0 : Math.ceil((opens - at) / 1_000);
  const patience = Math.max(PAUSED_SECONDS, Math.floor(soFar * WAITED_SHARE));
  return {
    kind: 'returned',
    value: {
      status: 'continue',
      // Hours that begin on the hour need no look before; a pause may end at any time.
      waitSeconds: Math.min(
        LONGEST_CLOSED_SECONDS,
        Math.max(untilOpen, Math.min(LONGEST_WAIT_SECONDS, patience)),
      ),
      continuation: {
        ...continuationOf(progress, { since, online: continuation?.online }),
        pausedSince,
      },
    },
  };
}

/** A pause does not count as time that the tenant takes. */
function sinceWithoutPause(continuation: Continuation | null | undefined, at: number): string {
  if (continuation?.pausedSince === undefined) {
    return continuation?.since ?? new Date(at).toISOString();
  }
  const { since, pausedSince } = continuation;
  return new Date(Date.parse(since) + at - Date.parse(pausedSince)).toISOString();
}

/** Somebody who wishes for a pause has to learn that nobody reads it. */
function withControlProblem(attempt: Attempt, problem: Error | undefined): Attempt {
  if (problem === undefined) return attempt;
  const note: OwnNote = {
    code: 'RunControlUnread',
    message: `Pauses and paces of this run could not be read, so that its backfills did not follow them: ${problem.message}`,
  };
  return { ...attempt, notes: [...attempt.notes, note] };
}

/** Notes that a task has migrated the tenant before this attempt, which finds its work done. */
function withTask(attempt: Attempt, task: OnlineTaskEnd | undefined, place: string): Attempt {
  if (task === undefined || task.error !== undefined || attempt.status === 'failed') return attempt;
  return { ...attempt, notes: [...attempt.notes, ranOnlineTask(place)] };
}

/** `undefined` if waiting does not lead to another attempt. */
function secondsUntilNext(attempt: Attempt, random: () => number): number | undefined {
  if (attempt.status === 'continue') return 1;
  if (attempt.status !== 'failed') return undefined;
  const { code, retryable } = attempt.failure;
  if (code === 'TenantBusy') return BUSY_SECONDS;
  if (code === 'TenantHostBusy') {
    const { from, to } = HOST_BUSY_SECONDS;
    return from + Math.floor(random() * (to - from + 1));
  }
  // A retry of the state would not have what this attempt has applied. Each of these comes one
  // migration further, so they come to an end.
  const { applied, reverted = [] } = attempt;
  return retryable && applied.length + reverted.length > 0 ? PROGRESS_SECONDS : undefined;
}

function thrown(
  name: typeof TENANT_FAILED | typeof TENANT_FAILED_RETRYABLE,
  outcome: FailedOutcome,
): ItemResult {
  return { kind: 'thrown', name, message: failedOutcomeText(outcome), outcome };
}

/** The progress of the tenant: from its continuation, else from the rounds before. */
function progressOf({ item, continuation, retryCount }: MigrateTenantEvent): TenantProgress {
  const { tries, durationMs, applied, reverted, leftOut, notes } =
    continuation ?? item.before ?? NOTHING;
  return {
    candidate: itemCandidate(item),
    attempts: 0,
    // Of attempts that the state machine has repeated only the number is available.
    tries: tries + retryCount,
    applied,
    reverted,
    leftOut,
    notes,
    durationMs,
  };
}

const NOTHING = {
  ...{ tries: 0, durationMs: 0, applied: [], notes: [] },
  ...{ reverted: undefined, leftOut: undefined },
};

/** Notes that are carried over; the state between two invocations is small. */
const MOST_NOTES = 20;

function continuationOf(
  progress: TenantProgress,
  { since, online }: Pick<Continuation, 'since' | 'online'>,
): Continuation {
  const { tries, durationMs, notes } = progress;
  return {
    since,
    ...(online !== undefined && { online }),
    tries,
    durationMs,
    ...boundedLists(progress),
    notes: boundedNotes(notes.slice(-MOST_NOTES)),
  };
}

function bundleChanged({ bundleHash }: ItemRun): OwnFailure {
  return explained(
    'BundleChanged',
    `Other migrations were deployed while the run was under way, so that its bundle ${bundleHash.slice(0, 12)} is no longer there.`,
    'Retry the run: a new round takes what is deployed now.',
    // An immediate attempt would not help, but a new round takes the new bundle.
    true,
  );
}

function tookTooLong(hours: number, last: OwnFailure | undefined): OwnFailure {
  const why = last === undefined ? 'It was still at work.' : `The last reason: ${last.message}`;
  return explained(
    'TenantTookTooLong',
    `It was not done after ${countOf(hours, 'hour')}. ${why}`,
    last?.nextStep ??
      'Look at what its database is doing. Applied migrations stay applied, and the next attempt resumes after them.',
    false,
  );
}

function explained(
  code: ErrorCode,
  message: string,
  nextStep: string,
  retryable: boolean,
): OwnFailure {
  return { code, message, nextStep, retryable, fingerprint: fingerprint({ code }) };
}
