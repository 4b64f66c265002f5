import { FanfoldError } from '../errors.ts';
import { isOpen, type Outcome } from '../outcome.ts';
import type { RunRecord, RunState, RunStore } from '../run-store.ts';
import { countOf } from '../wording/count-of.ts';
import { addOutcome, countUnreported, emptySummary } from './add-outcome.ts';
import { groupFinder, isInGroup } from './cause-of-failure.ts';
import { failuresByCount } from './failures-by-count.ts';
import { bitsOf, lastOutcomes } from './last-outcomes.ts';
import type { FailureGroup, Summary } from './summary.ts';

export type StandingStore = Pick<
  RunStore,
  'readState' | 'listRounds' | 'readOutcomes' | 'readWave'
>;

/** A cause of failures with the number by which people refer to it. */
export interface NumberedCause extends FailureGroup {
  /** From 1, in the order in which the terminal and the report show them. */
  readonly number: number;
}

/** A cause of a run, and how many of its tenants no later run has brought up to date. */
export interface StandingCause extends NumberedCause {
  readonly left: number;
}

/** A tenant that a run leaves; without an outcome it was never reached. */
export interface LeftTenant {
  readonly id: string;
  readonly outcome: Outcome | undefined;
}

/** The present state of a run. */
export interface RunStanding {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly summary: Summary;
  readonly causes: readonly StandingCause[];
  /** Tenants that it leaves: failed or not reached, and not done by a later run either. */
  readonly left: number;
  /** The number of tenants that it left when it ended and that a later run has done. */
  readonly doneSince: number;
  /** The tenants that it leaves, or those of one cause; may be read more than once, holds none of them. */
  tenants(cause?: StandingCause): AsyncIterable<LeftTenant>;
}

/**
 * Reads the present state of a run, in one pass over its outcomes. Throws `RunNotListed` if it ended before its
 * tenants were listed.
 *
 * @param isDone whether a later run has done the tenant
 */
export async function runStanding(
  store: StandingStore,
  record: RunRecord,
  isDone: (id: string) => boolean = () => false,
): Promise<RunStanding> {
  const state = await store.readState(record.id);
  const { waves, stopped } = state;
  const leavesNothing = record.request.command === 'plan';
  const total = waves.reduce((sum, { size }) => sum + size, 0);

  async function* leftTenants(): AsyncGenerator<LeftTenant, void, undefined> {
    if (leavesNothing) return;
    const seen = bitsOf(waves);
    for await (const { outcome } of lastOutcomes(store, record.id, seen)) {
      if (isOpen(outcome)) yield { id: outcome.tenant.id, outcome };
    }
    for (const [index, reported] of seen.entries()) {
      if (reported.size === waves[index]?.size) continue;
      let position = 0;
      for await (const id of store.readWave(record.id, index + 1)) {
        if (!reported.has(position)) yield { id, outcome: undefined };
        position += 1;
      }
    }
  }

  let summary = emptySummary(total);
  for await (const { outcome } of lastOutcomes(store, record.id, bitsOf(waves))) {
    summary = addOutcome(summary, outcome);
  }
  summary = countUnreported(summary, stopped === undefined ? 'unknown' : 'skipped');
  const groupOf = groupFinder(summary.failures);
  let left = 0;
  let doneSince = 0;
  const leftOf = new Map<string, number>();
  for await (const { id, outcome } of leftTenants()) {
    if (isDone(id)) {
      doneSince += 1;
      continue;
    }
    left += 1;
    if (outcome?.status !== 'failed') continue;
    // Only the causes that the summary has: there may be as many as tenants.
    const group = groupOf(outcome.failure);
    if (group !== undefined) {
      leftOf.set(group.fingerprint, (leftOf.get(group.fingerprint) ?? 0) + 1);
    }
  }
  return {
    record,
    state,
    summary,
    causes: causesOfSummary(summary).map((cause) => ({
      ...cause,
      left: leftOf.get(cause.fingerprint) ?? 0,
    })),
    left,
    doneSince,
    async *tenants(cause) {
      for await (const tenant of leftTenants()) {
        if (isDone(tenant.id)) continue;
        if (cause === undefined || isOfCause(tenant.outcome, cause)) yield tenant;
      }
    },
  };
}

/** The cause with this number. Throws `CauseUnknown` (`usage`), which names their number. */
export function causeNumbered<Cause extends NumberedCause>(
  causes: readonly Cause[],
  number: number,
  runId: string,
): Cause {
  const cause = causes[number - 1];
  if (cause !== undefined) return cause;
  throw new FanfoldError(
    'CauseUnknown',
    causes.length === 0
      ? `No tenant of run ${runId} failed, so it has no cause ${number}.`
      : `Run ${runId} has ${countOf(causes.length, 'cause')}, and no cause ${number}.`,
    { fault: 'usage', nextStep: `See its causes: \`fanfold runs show ${runId}\`` },
  );
}

function isOfCause(outcome: Outcome | undefined, cause: NumberedCause): boolean {
  return outcome?.status === 'failed' && isInGroup(outcome.failure, cause);
}

/** Numbers the causes of a summary; the same summary gives the same numbers everywhere. */
function causesOfSummary(summary: Pick<Summary, 'failures'>): NumberedCause[] {
  return failuresByCount(summary).map((group, index) => ({ ...group, number: index + 1 }));
}
