import type { Note, Outcome } from '../outcome.ts';
import type { ReachedSchema, TenantDirectory } from '../ports.ts';
import { hasReached, notRecorded } from '../run/reached.ts';

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
  /** Called for the first page that could not be written. */
  readonly warn: (note: Note) => void;
}

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
