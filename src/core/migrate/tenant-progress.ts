import { type Failure, fingerprint, type OwnFailure } from '../failure.ts';
import type {
  AppliedMigration,
  FailedOutcome,
  LeftOut,
  Note,
  Outcome,
  OwnNote,
} from '../outcome.ts';
import { tenantRef } from '../tenant.ts';
import type { Attempt } from './attempt.ts';
import type { Candidate } from './candidate.ts';

/** The results of the attempts at one tenant so far, those of earlier rounds included. */
export interface TenantProgress {
  readonly candidate: Candidate;
  /** Attempts of this round. */
  readonly attempts: number;
  /** Attempts of all rounds; those that continue one, and those that found that it was not their turn, do not count. */
  readonly tries: number;
  readonly applied: readonly AppliedMigration[];
  /** Migrations that they rolled back; absent if there are none. */
  readonly reverted?: readonly AppliedMigration[] | undefined;
  /** Migrations of earlier attempts that `applied` and `reverted` leave out. */
  readonly leftOut?: LeftOut | undefined;
  readonly notes: readonly Note[];
  /** The failure of the last attempt. */
  readonly failure?: Failure | undefined;
  /** Time spent in attempts; waiting between them does not count. */
  readonly durationMs: number;
  /** When the last attempt ended, in milliseconds since 1970. */
  readonly finishedAt?: number | undefined;
}

/** A tenant before its first attempt of a round. */
export function startProgress(candidate: Candidate): TenantProgress {
  const { before } = candidate;
  return {
    candidate,
    attempts: 0,
    tries: before?.tries ?? 0,
    applied: before !== undefined && 'applied' in before ? before.applied : [],
    reverted: before !== undefined && 'reverted' in before ? before.reverted : undefined,
    leftOut: before?.leftOut,
    notes: before?.notes ?? [],
    durationMs: before?.durationMs ?? 0,
  };
}

/**
 * Adds an attempt: what it applied stays applied, whatever the result of the next one. `finishedAt` is in
 * milliseconds since 1970.
 */
export function addAttempt(
  progress: TenantProgress,
  attempt: Attempt,
  durationMs: number,
  finishedAt?: number,
): TenantProgress {
  const applied = 'applied' in attempt ? attempt.applied : [];
  const reverted = [
    ...(progress.reverted ?? []),
    ...('reverted' in attempt ? (attempt.reverted ?? []) : []),
  ];
  return {
    candidate: progress.candidate,
    attempts: progress.attempts + 1,
    tries: progress.tries + (isOnlyATurn(attempt) ? 0 : 1),
    applied: withoutTwins([...progress.applied, ...applied]),
    reverted: reverted.length > 0 ? withoutTwins(reverted) : undefined,
    leftOut: progress.leftOut,
    notes: withoutRepetition([
      ...progress.notes,
      ...earlierTry(progress.failure, attempt),
      ...attempt.notes,
    ]),
    failure: attempt.status === 'failed' ? attempt.failure : undefined,
    durationMs: progress.durationMs + durationMs,
    finishedAt,
  };
}

/** Whether the attempt has neither ended nor failed: the next one continues it, or comes when it is its turn. */
function isOnlyATurn(attempt: Attempt): boolean {
  if (attempt.status === 'failed') return attempt.failure.code === 'TenantHostBusy';
  return attempt.status === 'continue';
}

/** The outcome if `attempt`, already added, was the last one. */
export function outcomeOf(progress: TenantProgress, attempt: Attempt): Outcome {
  const { applied, reverted } = progress;
  switch (attempt.status) {
    case 'failed':
      return failedOutcome(progress, attempt.failure);
    case 'continue':
      return failedOutcome(progress, INTERRUPTED);
    case 'planned':
      return {
        ...facts(progress),
        status: 'planned',
        pending: attempt.pending,
        reverting: attempt.reverting,
      };
    case 'migrated':
    case 'reverted':
    case 'unchanged':
      // An attempt may find a migration done that an earlier one applied before it lost its connection.
      if (reverted !== undefined) return { ...facts(progress), status: 'reverted', reverted };
      return applied.length > 0
        ? { ...facts(progress), status: 'migrated', applied }
        : { ...facts(progress), status: 'unchanged' };
  }
}

/** The outcome of a tenant that is not retried. */
export function failedOutcome(progress: TenantProgress, failure: Failure): FailedOutcome {
  const { applied, reverted } = progress;
  const { tries, ...shared } = facts(progress);
  // One that was continued, or waited for its turn, was attempted all the same.
  const made = progress.attempts > 0 ? Math.max(1, tries) : tries;
  return { ...shared, tries: made, status: 'failed', failure, applied, reverted };
}

/** The failure of a tenant whose attempt was to continue in another one, which is not made any more. */
export const INTERRUPTED: OwnFailure = {
  code: 'TenantInterrupted',
  message: 'The run was stopped between two steps of this tenant.',
  nextStep: 'Retry the tenants that failed or were not reached: `fanfold migrate:retry last`',
  retryable: true,
  fingerprint: fingerprint({ code: 'TenantInterrupted' }),
};

/** Facts that every outcome of the tenant shares. */
export function facts(
  progress: TenantProgress,
): Omit<FailedOutcome, 'status' | 'failure' | 'applied'> {
  const { candidate, tries, durationMs, finishedAt, notes, leftOut } = progress;
  const { tenant, wave, position } = candidate;
  return {
    tenant: tenantRef(tenant),
    wave,
    position,
    tries,
    durationMs: Math.round(durationMs),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt).toISOString() }),
    notes,
    ...(leftOut && { leftOut }),
  };
}

/**
 * An attempt that lost its connection in the middle of a statement may have come further than the outcome
 * shows; that explains findings of the next one, such as a table that already exists.
 */
function earlierTry(before: Failure | undefined, attempt: Attempt): OwnNote[] {
  if (before?.migration === undefined || attempt.status !== 'failed') return [];
  if (before.fingerprint === attempt.failure.fingerprint) return [];
  const { migration, statement, code, message } = before;
  const where = statement === undefined ? migration : `${migration}, statement ${statement.number}`;
  return [
    {
      code: 'EarlierTry',
      message: `An earlier attempt failed with another error, in ${where} (${code}): ${message}`,
    },
  ];
}

/** A migration whose connection was lost before its record was committed is recorded once more, by the next attempt. */
function withoutTwins(applied: readonly AppliedMigration[]): AppliedMigration[] {
  return [...new Map(applied.map((migration) => [migration.name, migration])).values()];
}

function withoutRepetition(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [`${note.code}\n${note.message}`, note])).values()];
}
