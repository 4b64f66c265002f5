import {
  beforeBackfills,
  hasSecondPass,
  leavesBackfills,
  passOfRun,
} from '../backfill/pass-of-run.ts';
import type { RoundMember } from '../migrate/candidate.ts';
import { isSuccess } from '../outcome.ts';
import { paceOfRequest } from '../pace/pace-of-request.ts';
import { everyOutcome } from '../reduce/every-outcome.ts';
import type { ActiveRun } from './active-run.ts';
import { runRound } from './run-round.ts';
import { createTally } from './tally.ts';

/**
 * The second pass of a run with the phase `all`: once the schema of the whole fleet is changed, runs the backfills
 * that the first pass has left, and the migrations that require them. Each wave gets one more round, at a pace of its own: one tenant of a server at a time, unless the
 * request allows more.
 */
export async function runBackfills(run: ActiveRun): Promise<void> {
  const { record, waves, store, stop, stopOnError, emit } = run;
  if (!hasSecondPass(record.request)) return;
  const { maxConcurrency, maxPerHost } = passOfRun(record.request, 'second').request;
  const pace = paceOfRequest({ maxConcurrency, maxPerHost }, run.paceOptions);
  for (const index of waves.keys()) {
    if (stop.stopped !== undefined) return;
    const wave = index + 1;
    await stopOnError(async () => {
      let total = 0;
      for await (const _ of waitingMembers(run, wave)) total += 1;
      if (total === 0) return;
      const rounds = await store.listRounds(record.id);
      const last = Math.max(...rounds.filter((each) => each.wave === wave).map(roundOf));
      const ref = { wave, round: last + 1 };
      emit({ type: 'round-started', runId: record.id, ...ref, total, backfills: true });
      await runRound(run, ref, createTally(), { members: () => waitingMembers(run, wave), pace });
    });
  }
}

function roundOf({ round }: { readonly round: number }): number {
  return round;
}

/** The tenants of a wave whose backfills the first pass has left. */
async function* waitingMembers(
  { record, waves, store }: ActiveRun,
  wave: number,
): AsyncGenerator<RoundMember, void, undefined> {
  for await (const outcome of everyOutcome(store, record.id, waves, 'unknown')) {
    if (outcome.wave !== wave || !isSuccess(outcome)) continue;
    if (!leavesBackfills(outcome)) continue;
    const { tenant, position } = outcome;
    yield { id: tenant.id, wave, position, before: beforeBackfills(outcome) };
  }
}
