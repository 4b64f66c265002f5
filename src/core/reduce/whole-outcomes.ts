import { isFanfoldError } from '../errors.ts';
import type { AppliedMigration, LeftOut, Outcome, OutcomeRest } from '../outcome.ts';
import type { RunStore } from '../run-store.ts';
import type { LastOutcome } from './last-outcomes.ts';

/** Outcomes whose rests are read at the same time: one after the other takes hours for a large fleet. */
const AT_A_TIME = 16;

/**
 * Completes the lists of outcomes that were cut, if the store has what they leave out. Those come later than others.
 * An outcome whose rest is gone or may not be read stays as it is, with its counts.
 */
export async function* wholeOutcomes(
  store: Pick<RunStore, 'readRest'>,
  runId: string,
  outcomes: AsyncIterable<LastOutcome>,
): AsyncGenerator<LastOutcome, void, undefined> {
  const readRest = store.readRest?.bind(store);
  if (readRest === undefined) return yield* outcomes;
  const reading = new Map<LastOutcome, Promise<readonly [LastOutcome, Outcome]>>();
  const next = async () => {
    const [entry, outcome] = await Promise.race(reading.values());
    reading.delete(entry);
    return { ...entry, outcome };
  };
  for await (const entry of outcomes) {
    const { outcome } = entry;
    if (outcome.leftOut?.rest === undefined) {
      yield entry;
      continue;
    }
    const work = wholeOutcome(outcome, (key) => readRest(runId, key));
    const answer = work.then((whole) => [entry, whole] as const);
    // Thrown by `next`, unless an earlier one was.
    answer.catch(() => {});
    reading.set(entry, answer);
    if (reading.size >= AT_A_TIME) yield await next();
  }
  while (reading.size > 0) yield await next();
}

async function wholeOutcome(
  outcome: Outcome,
  read: (key: string) => Promise<OutcomeRest | undefined>,
): Promise<Outcome> {
  const { rest: first, ...leftOut } = outcome.leftOut ?? {};
  const applied: (readonly AppliedMigration[])[] = [];
  const reverted: (readonly AppliedMigration[])[] = [];
  const seen = new Set<string>();
  for (let key = first; key !== undefined && !seen.has(key); ) {
    seen.add(key);
    const rest = await readIfPossible(key, read);
    if (rest === undefined) break;
    applied.unshift(rest.applied ?? []);
    reverted.unshift(rest.reverted ?? []);
    key = rest.before;
  }
  const [before, undone] = [applied.flat(), reverted.flat()];
  return {
    ...outcome,
    ...('applied' in outcome && { applied: [...before, ...outcome.applied] }),
    ...('reverted' in outcome && { reverted: [...undone, ...(outcome.reverted ?? [])] }),
    leftOut: without(leftOut, before.length, undone.length),
  };
}

async function readIfPossible(
  key: string,
  read: (key: string) => Promise<OutcomeRest | undefined>,
): Promise<OutcomeRest | undefined> {
  try {
    return await read(key);
  } catch (error) {
    if (isFanfoldError(error) && !error.retryable) return undefined;
    throw error;
  }
}

/** The counts that remain; `undefined` if the lists are whole. */
function without(leftOut: LeftOut, applied: number, reverted: number): LeftOut | undefined {
  const rest = {
    ...leftOut,
    applied: (leftOut.applied ?? 0) - applied,
    reverted: (leftOut.reverted ?? 0) - reverted,
  };
  const counts = Object.entries(rest).filter(([, count]) => typeof count === 'number' && count > 0);
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}
