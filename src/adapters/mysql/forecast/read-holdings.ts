import type { Connection } from 'mysql2';
import type { LockHolding, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { type MetadataLockKind, readLockHolders } from '../locks/metadata-locks.ts';

const WORDS: Readonly<Record<MetadataLockKind, string>> = {
  'global read lock': 'a read lock on the whole server',
  'backup lock': 'a lock of a backup on the whole server',
  database: 'a lock on the database',
  table: 'a lock on the table',
};

/** Reads the sessions that hold metadata locks on these tables, or on the whole database or server. */
export async function readHoldings(
  connection: Connection,
  tables: readonly string[],
  { isMariaDb, hasPerformanceSchema }: { isMariaDb: boolean; hasPerformanceSchema: boolean },
): Promise<Seen<readonly LockHolding[]>> {
  const wanted = new Set(tables.map((name) => name.toLowerCase()));
  const holders = await readLockHolders(connection, wanted);
  if (holders === undefined) return { hidden: whyHidden(isMariaDb, hasPerformanceSchema) };
  return {
    seen: holders.map(({ session, lock, table }) => ({
      id: session.id,
      ...('user' in session && { user: session.user, seconds: session.seconds }),
      ...(table !== undefined && { table }),
      lock: WORDS[lock],
    })),
  };
}

function whyHidden(isMariaDb: boolean, hasPerformanceSchema: boolean): string {
  if (isMariaDb) {
    return 'not shown by this server: MariaDB needs the plugin METADATA_LOCK_INFO for that';
  }
  return hasPerformanceSchema
    ? 'not visible to this login: it needs SELECT on performance_schema, and the server its instrument wait/lock/metadata/sql/mdl'
    : 'not shown by this server: its performance_schema is off';
}
