import { isFanfoldError } from '../errors.ts';
import type { AppliedMigration, LeftOut, Note, OutcomeRest, OwnNote } from '../outcome.ts';
import { thrownText } from '../text/thrown-text.ts';

/** The place of the lists in their run. */
export interface RestPlace {
  readonly runId: string;
  readonly wave: number;
  readonly position: number;
  /** End of the attempt in milliseconds since 1970: each attempt has an object of its own. */
  readonly at: number;
}

/** Stores migrations that an outcome leaves out. Never reads: the function that migrates may only write. */
export interface RestStore {
  keyOf(place: RestPlace): string;
  write(key: string, rest: OutcomeRest): Promise<void>;
}

/** The lists of an outcome, or of a tenant's progress, that may be cut. */
export interface Lists {
  readonly notes: readonly Note[];
  readonly applied?: readonly AppliedMigration[] | undefined;
  readonly reverted?: readonly AppliedMigration[] | undefined;
  readonly leftOut?: LeftOut | undefined;
}

/**
 * Stores the migrations that `cut` removes from the lists, and returns the lists, still whole, with the key of the
 * object: cut once more, they carry it. A rest that cannot be stored is noted, since the tenant is migrated all the
 * same and the outcome counts what it leaves out.
 */
export async function keepRest<Whole extends Lists>(
  whole: Whole,
  cut: (whole: Whole) => Partial<Lists>,
  place: RestPlace,
  store: RestStore | undefined,
): Promise<Whole> {
  if (store === undefined || removedBy(cut, whole) === undefined) return whole;
  const key = store.keyOf(place);
  const keyed = { ...whole, leftOut: { ...whole.leftOut, rest: key } };
  // The key takes room as well, so that more may be removed with it.
  const rest = { ...removedBy(cut, keyed), before: whole.leftOut?.rest };
  try {
    await store.write(key, rest);
    return keyed;
  } catch (error) {
    return { ...whole, notes: [...whole.notes, notKept(error)] };
  }
}

/** The oldest of each list, which a cut removes; `undefined` if it removes none. */
function removedBy<Whole extends Lists>(
  cut: (whole: Whole) => Partial<Lists>,
  whole: Whole,
): OutcomeRest | undefined {
  const kept = cut(whole);
  const removed = (list: 'applied' | 'reverted') => {
    const all = whole[list] ?? [];
    const count = all.length - (kept[list]?.length ?? 0);
    return count > 0 ? { [list]: all.slice(0, count) } : {};
  };
  const rest = { ...removed('applied'), ...removed('reverted') };
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function notKept(error: unknown): OwnNote {
  const why = isFanfoldError(error) ? error.message : thrownText(error);
  return {
    code: 'RestNotKept',
    message: `The outcome counts migrations that it does not list, and they could not be written into the run store. ${why}`,
  };
}
