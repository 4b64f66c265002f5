import { inPages } from '../list/in-pages.ts';
import type { RunRecord } from '../run-store.ts';
import { isRunId } from './run-id.ts';

/** Records that are open at a time: a store keeps every run until somebody removes it. */
const READ_AT_ONCE = 64;

type RunStart = Pick<RunRecord, 'id' | 'startedAt'>;

/** The runs in a store. */
export interface RunsRead {
  /** Of the runs that can be read, the newest first. */
  readonly ids: readonly string[];
  /** A run whose record exists but cannot be read, if there is one. */
  readonly unreadable: { readonly id: string; readonly error: unknown } | undefined;
}

/**
 * Reads when the runs of these names began. A folder without a record is passed over: it is something else,
 * or a run that was killed before it had begun. A record that cannot be read is reported, because that run
 * may be the newest.
 */
export async function readRuns(
  names: readonly string[],
  readRecord: (runId: string) => Promise<RunRecord | undefined>,
): Promise<RunsRead> {
  const runs: RunStart[] = [];
  let unreadable: RunsRead['unreadable'];
  const read = async (name: string) => {
    try {
      const record = await readRecord(name);
      if (record !== undefined) runs.push({ id: name, startedAt: record.startedAt });
    } catch (error) {
      unreadable ??= { id: name, error };
    }
  };
  for await (const page of inPages(names.filter(isRunId), READ_AT_ONCE)) {
    await Promise.all(page.map(read));
  }
  const ids = runs.sort((a, b) => (isNewer(a, b) ? -1 : 1)).map(({ id }) => id);
  return { ids, unreadable };
}

function isNewer(a: RunStart, b: RunStart): boolean {
  return a.startedAt === b.startedAt ? a.id > b.id : a.startedAt > b.startedAt;
}
