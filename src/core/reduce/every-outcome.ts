import type { Outcome } from '../outcome.ts';
import type { RunStore, Wave } from '../run-store.ts';
import { bitsOf, lastOutcomes } from './last-outcomes.ts';
import { wholeOutcomes } from './whole-outcomes.ts';

/**
 * The last outcome of every tenant that a run listed, in no particular order; those without a stored outcome
 * come last, under their id, with the status `unheard`. Keeps one bit for each tenant.
 */
export async function* everyOutcome(
  store: Pick<RunStore, 'listRounds' | 'readOutcomes' | 'readRest' | 'readWave'>,
  runId: string,
  waves: readonly Pick<Wave, 'size'>[],
  unheard: 'skipped' | 'unknown',
): AsyncGenerator<Outcome, void, undefined> {
  const seen = bitsOf(waves);
  const reported = wholeOutcomes(store, runId, lastOutcomes(store, runId, seen));
  for await (const { outcome } of reported) yield outcome;
  for (const [index, heard] of seen.entries()) {
    let position = 0;
    for await (const id of store.readWave(runId, index + 1)) {
      if (!heard.has(position)) yield unreported(id, { wave: index + 1, position }, unheard);
      position += 1;
    }
  }
}

function unreported(
  id: string,
  place: { readonly wave: number; readonly position: number },
  status: 'skipped' | 'unknown',
): Outcome {
  const tenant = { id, slug: id, name: id, database: '' };
  const facts = { ...place, tenant, tries: 0, durationMs: 0, notes: [] };
  return status === 'skipped'
    ? { ...facts, status, cause: 'stopped', reason: 'The run ended before its turn.' }
    : { ...facts, status, reason: 'Nothing was heard of it.' };
}
