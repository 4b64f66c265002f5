import type { Note, Outcome } from '../outcome.ts';
import type { ReachedSchema, TenantDirectory } from '../ports.ts';
import type { RunRequest } from '../request.ts';
import { takesBack } from '../takes-back.ts';

/** Writes back to the central database which tenants have reached the bundle. */
export interface ReachedRecorder {
  add(outcome: Outcome): Promise<void>;
  /** Writes what is waiting for a full page. */
  flush(): Promise<void>;
  /** Tenants of which it could not be written. */
  readonly missed: number;
}

export interface ReachedRecorderOptions {
  readonly directory: Pick<TenantDirectory, 'recordReached'>;
  readonly reached: Omit<ReachedSchema, 'at'>;
  /** Whether the bundle was cut: a tenant that was not changed may then be further than this. */
  readonly isCut: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Is told of the first page that could not be written. */
  readonly warn: (note: Note) => void;
}

/** Note of a run whose tenants were migrated but could not be marked so. */
export const REACHED_NOT_RECORDED = 'ReachedNotRecorded';

const PAGE = 500;

/**
 * A recorder that never fails a run: the tenants' own databases say what is applied, and the next
 * run over them writes it again.
 */
export function createReachedRecorder({
  directory,
  reached,
  isCut,
  now,
  warn,
}: ReachedRecorderOptions): ReachedRecorder {
  let ids: string[] = [];
  let missed = 0;

  const flush = async () => {
    const page = ids;
    ids = [];
    if (page.length === 0) return;
    try {
      await directory.recordReached(page, { ...reached, at: new Date(now()) });
    } catch (error) {
      if (missed === 0) warn(notRecorded(error));
      missed += page.length;
    }
  };

  return {
    async add(outcome) {
      if (!hasReached(outcome, isCut)) return;
      ids.push(outcome.tenant.id);
      if (ids.length >= PAGE) await flush();
    },
    flush,
    get missed() {
      return missed;
    },
  };
}

/** Whether a tenant is known to have come as far as the bundle, which may be `isCut`, or back from it. */
export function hasReached({ status }: Outcome, isCut: boolean): boolean {
  return status === 'migrated' || status === 'reverted' || (status === 'unchanged' && !isCut);
}

/** What there is to write of the tenants that a run with this request has changed. */
export function whatIsReached(
  request: Pick<RunRequest, 'command' | 'rollback' | 'to'>,
  bundleHash: string,
): { readonly schemaVersion: string | null; readonly isCut: boolean } {
  return takesBack(request)
    ? { schemaVersion: null, isCut: true }
    : { schemaVersion: bundleHash, isCut: request.to !== undefined };
}

/** The note of a run that could not tell the central database. */
export function notRecorded(error?: unknown): Note {
  const why =
    error === undefined ? '.' : `: ${error instanceof Error ? error.message : String(error)}`;
  return {
    code: REACHED_NOT_RECORDED,
    message: `Tenants were migrated, but the central database could not be told${why} The next run over them writes it again.`,
  };
}
