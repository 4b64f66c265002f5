import type { AppliedMigration, CutList, LeftOut, Note, Outcome } from '../outcome.ts';
import { bytesOf, cutToBytes } from '../wording/cut-to-bytes.ts';

/**
 * The migrations of one outcome, in bytes of JSON. A state has 256 KiB for its input and its output, and the
 * state of a tenant whose migration continues carries its migrations twice: those of earlier rounds with its
 * item, and those so far.
 */
const MOST_MIGRATION_BYTES = 90 * 1024;
/** The notes of one outcome, which are carried twice as well. */
const MOST_NOTE_BYTES = 16 * 1024;
const MOST_NOTES = 40;
const LONGEST_NOTE = 300;

/** The migrations that a tenant's attempts have applied or rolled back. */
export interface DoneLists {
  readonly applied: readonly AppliedMigration[];
  readonly reverted?: readonly AppliedMigration[] | undefined;
  readonly leftOut?: LeftOut | undefined;
}

interface BoundedLists {
  readonly applied: AppliedMigration[];
  readonly reverted?: AppliedMigration[] | undefined;
  readonly leftOut?: LeftOut | undefined;
}

/** An outcome that a state can carry, whatever its tenant did: what its lists leave out is counted. */
export function boundedOutcome(outcome: Outcome): Outcome {
  const notes = boundedNotes(outcome.notes);
  switch (outcome.status) {
    case 'migrated':
      return { ...outcome, ...appliedOf(boundedLists(outcome)), notes };
    case 'reverted':
      return { ...outcome, ...revertedOf(boundedLists({ ...outcome, applied: [] })), notes };
    case 'planned':
      return { ...outcome, ...boundedPlan(outcome), notes };
    default:
      return { ...outcome, notes };
  }
}

function appliedOf({ applied, leftOut }: BoundedLists) {
  return { applied, ...(leftOut && { leftOut }) };
}

function revertedOf({ reverted = [], leftOut }: BoundedLists) {
  return { reverted, ...(leftOut && { leftOut }) };
}

/**
 * The newest migrations of each list, of so many bytes of JSON together. A migration that is done twice, because
 * its connection was lost before its record was committed, is the newest one, and so found in the list.
 */
export function boundedLists(
  { applied, reverted, leftOut: before = {} }: DoneLists,
  most = MOST_MIGRATION_BYTES,
): BoundedLists {
  const share = reverted !== undefined && applied.length > 0 ? most / 2 : most;
  const keptApplied = lastOf(applied, share);
  const keptReverted = reverted && lastOf(reverted, share);
  const leftOut = withMore(before, {
    applied: applied.length - keptApplied.length,
    reverted: (reverted?.length ?? 0) - (keptReverted?.length ?? 0),
  });
  return {
    applied: keptApplied,
    ...(keptReverted && { reverted: keptReverted }),
    ...(leftOut && { leftOut }),
  };
}

/** The first migrations of a plan's lists, in the order in which they would run. */
function boundedPlan(plan: Extract<Outcome, { status: 'planned' }>) {
  const { pending, reverting } = plan;
  const first = (names: readonly string[]) =>
    lastOf(names.toReversed(), MOST_MIGRATION_BYTES).toReversed();
  const keptPending = first(pending);
  const keptReverting = reverting && first(reverting);
  const leftOut = withMore(plan.leftOut ?? {}, {
    pending: pending.length - keptPending.length,
    reverting: (reverting?.length ?? 0) - (keptReverting?.length ?? 0),
  });
  return { pending: keptPending, reverting: keptReverting, ...(leftOut && { leftOut }) };
}

/** Notes that a state can carry. Each code stays, as far as there is room. */
export function boundedNotes(notes: readonly Note[]): Note[] {
  if (bytesOf(JSON.stringify(notes)) <= MOST_NOTE_BYTES) return [...notes];
  const short = notes.map(({ code, message }) => ({
    code: cutToBytes(code, 60),
    message: cutToBytes(message, LONGEST_NOTE),
  }));
  return lastOf(short.slice(-MOST_NOTES), MOST_NOTE_BYTES);
}

function lastOf<Entry>(entries: readonly Entry[], most: number): Entry[] {
  // The brackets; each entry adds itself and a comma.
  let bytes = 2;
  let from = entries.length;
  while (from > 0) {
    bytes += bytesOf(JSON.stringify(entries[from - 1])) + 1;
    if (bytes > most) break;
    from -= 1;
  }
  return entries.slice(from);
}

function withMore(before: LeftOut, more: LeftOut): LeftOut | undefined {
  const sum = (list: CutList) => {
    const count = (before[list] ?? 0) + (more[list] ?? 0);
    return count === 0 ? {} : { [list]: count };
  };
  const counts: LeftOut = {
    ...sum('applied'),
    ...sum('reverted'),
    ...sum('pending'),
    ...sum('reverting'),
  };
  if (Object.keys(counts).length === 0) return undefined;
  return { ...counts, ...(before.rest !== undefined && { rest: before.rest }) };
}
