import type { Note, Outcome } from '../outcome.ts';
import type { ReachedSchema, TenantDirectory } from '../ports.ts';
import { hasReached, mayBeBetween, notRecorded } from '../run/reached.ts';

/** Writes back to the central database which tenants have reached the bundle. */
export interface ReachedRecorder {
  /** Writes what is waiting if it is a full page, or a second old. */
  add(outcome: Outcome): Promise<void>;
  /** Writes what is waiting. */
  flush(): Promise<void>;
  /** Tenants of which it could not be written. */
  readonly missed: number;
}

export interface ReachedRecorderOptions {
  readonly directory: Pick<TenantDirectory, 'recordReached' | 'forgetReached'>;
  readonly reached: Omit<ReachedSchema, 'at'>;
  /** Whether the bundle was cut: a tenant that was not changed may then be further than this. */
  readonly isCut: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called for the first page that could not be written. */
  readonly warn: (note: Note) => void;
}

const PAGE = 500;
/** A run that continues this one after its process was killed asks what was not recorded. */
const LONGEST_MS = 1_000;

/**
 * A recorder that never fails a run: the tenants' own databases have the applied migrations, and the next run
 * over them writes it again.
 */
export function createReachedRecorder({
  directory,
  reached,
  isCut,
  now,
  warn,
}: ReachedRecorderOptions): ReachedRecorder {
  let ids: string[] = [];
  let between: string[] = [];
  let missed = 0;
  let flushedAt = now();

  const writing = async (page: readonly string[], write: () => Promise<void>) => {
    if (page.length === 0) return;
    try {
      await write();
    } catch (error) {
      if (missed === 0) warn(notRecorded(error));
      missed += page.length;
    }
  };
  const flush = async () => {
    flushedAt = now();
    const [done, forgotten] = [ids, between];
    [ids, between] = [[], []];
    await writing(forgotten, () => directory.forgetReached(forgotten));
    await writing(done, () => directory.recordReached(done, { ...reached, at: new Date(now()) }));
  };

  return {
    async add(outcome) {
      if (mayBeBetween(outcome)) between.push(outcome.tenant.id);
      else if (hasReached(outcome, isCut)) ids.push(outcome.tenant.id);
      const isDue = now() - flushedAt >= LONGEST_MS;
      if (isDue || ids.length + between.length >= PAGE) await flush();
    },
    flush,
    get missed() {
      return missed;
    },
  };
}
