import { isRollback } from '../is-rollback.ts';
import type { NoteCode } from '../note-codes.ts';
import type { Outcome, OwnNote } from '../outcome.ts';
import type { RunRequest } from '../request.ts';

/** Code of the note of a run that migrated tenants but could not record it in the central database. */
export const REACHED_NOT_RECORDED = 'ReachedNotRecorded' satisfies NoteCode;

/** Whether a tenant is known to have the schema of the bundle, which may be `isCut`, or to be rolled back from it. */
export function hasReached({ status, tries }: Outcome, isCut: boolean): boolean {
  // A tenant that was trusted and not tried has only shown its record.
  const isProven = status === 'unchanged' && tries > 0;
  return status === 'migrated' || status === 'reverted' || (isProven && !isCut);
}

/**
 * Whether a tenant may be between two versions now: it failed after it was tried, or nobody knows how its attempt
 * ended. Its recorded version must not be trusted any more.
 */
export function mayBeBetween({ status, tries }: Outcome): boolean {
  return tries > 0 && (status === 'failed' || status === 'unknown');
}

/**
 * Whether a run with this request shows which schema its tenants have. Backfills change rows: a tenant may lack
 * schema changes after them, and one that fails has the schema that it had.
 */
export function showsSchema({ phase, command }: Pick<RunRequest, 'phase' | 'command'>): boolean {
  return command !== 'plan' && phase !== 'backfills';
}

/** The version to record for the tenants that a run with this request has changed. */
export function reachedVersion(
  request: Pick<RunRequest, 'command' | 'rollback' | 'to'>,
  bundleHash: string,
): { readonly schemaVersion: string | null; readonly isCut: boolean } {
  return isRollback(request)
    ? { schemaVersion: null, isCut: true }
    : { schemaVersion: bundleHash, isCut: request.to !== undefined };
}

/** The note of a run that could not update the central database. */
export function notRecorded(error?: unknown): OwnNote {
  const why =
    error === undefined ? '.' : `: ${error instanceof Error ? error.message : String(error)}`;
  return {
    code: REACHED_NOT_RECORDED,
    message: `Tenants were migrated, but the central database could not be told${why} The next run over them records it.`,
  };
}
