import type { Bundle } from '../bundle/bundle.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import type { Candidate } from '../migrate/candidate.ts';
import { migrateFleet } from '../migrate/migrate-fleet.ts';
import { createStopSwitch } from '../migrate/stop-switch.ts';
import type { Outcome } from '../outcome.ts';
import { fixedPace } from '../pace/pace.ts';
import type { RoundItem } from '../wire/step-data.ts';
import type { ProbeTenantsEvent } from '../wire/step-schemas.ts';
import { bytesOf } from '../wording/cut-to-bytes.ts';
import { boundedOutcome } from './bounded-outcome.ts';
import { deployedBundle } from './deployed-bundle.ts';
import { itemCandidate } from './item-candidate.ts';

export interface ProbeTenantsDependencies {
  readonly attemptTenant: AttemptTenant;
  /** All migrations that are deployed. */
  readonly bundle: Bundle;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the time of the batch is up; tenants that were not asked by then are left to the Map. */
  readonly isOver: () => boolean;
}

/** Bytes of JSON that a batch may come to: a state's output may have 256 KiB. */
const MOST_BYTES = 200 * 1024;
/** A tenant that does not answer is left to its own child execution, which tries again. */
const ONCE = { attempts: 1, baseMs: 0, capMs: 0 };

/**
 * Asks the tenants of a batch what they have to do, some at a time, and returns the outcomes of those that are
 * settled by the answer: `unchanged`, or for a plan `planned`. All others are left out: tenants with something to
 * do, and those that could not be asked, whatever the reason. It changes nothing and never throws for a tenant,
 * so that a batch may be asked any number of times.
 */
export async function probeTenants(
  { run, items, atATime, perHost }: ProbeTenantsEvent,
  dependencies: ProbeTenantsDependencies,
): Promise<Outcome[]> {
  const { attemptTenant, now, isOver } = dependencies;
  const bundle = deployedBundle(run, dependencies.bundle);
  // Each tenant's own attempt says so.
  if (bundle === undefined) return [];
  const { runId, request, leavesBackfills } = run;
  const stop = createStopSwitch(() => {});
  // A plan asks the question with which every attempt begins, and ends with its answer.
  const plan = { ...request, command: 'plan' } as const;
  const answers = migrateFleet(candidates(items), {
    attempt: (tenant, onAnswer) => {
      if (isOver()) stop.stop({ reason: 'interrupted', message: 'The time of the batch is up.' });
      return attemptTenant(tenant, { runId, bundle, request: plan, leavesBackfills, onAnswer });
    },
    pace: fixedPace(atATime, perHost),
    retry: ONCE,
    clock: { now, sleep: async () => {} },
    random: () => 0,
    stop,
    observer: { started() {}, retried() {}, finished() {} },
  });
  const settled: Outcome[] = [];
  let bytes = 0;
  for await (const answer of answers) {
    const outcome = settledBy(answer, request.command);
    if (outcome === undefined) continue;
    bytes += bytesOf(JSON.stringify(outcome)) + 1;
    // Those for which there is no room are merely asked once more.
    if (bytes <= MOST_BYTES) settled.push(outcome);
  }
  return settled;
}

async function* candidates(items: readonly RoundItem[]): AsyncGenerator<Candidate> {
  for (const item of items) yield itemCandidate(item);
}

function settledBy(answer: Outcome, command: 'migrate' | 'plan' | 'rollback'): Outcome | undefined {
  if (answer.status !== 'planned') return undefined;
  if (command === 'plan') return boundedOutcome(answer);
  const { pending, reverting: _, leftOut: __, ...facts } = answer;
  return pending.length === 0 ? boundedOutcome({ ...facts, status: 'unchanged' }) : undefined;
}
