import type { Connection, RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { ghostTables, OWN_WORK_TABLE } from '../../../core/safety/online/online-leftovers.ts';
import { query } from '../connection/query.ts';
import { fenceName } from '../locks/fence-name.ts';
import { WorkTables } from './work-tables.ts';

/**
 * Drops the tables of interrupted online changes while this connection holds the tenant's fence, so that no migrator
 * resumes one meanwhile. Tables with rows from before a change stay. Throws `TenantBusy` if a migrator holds the
 * fence, or if a program still works: it may have outlived its run.
 */
export async function dropOnlineWork(
  connection: Connection,
  database: string,
): Promise<readonly string[]> {
  const fence = fenceName(database);
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT GET_LOCK(?, 0) AS taken', [fence]);
  if (row?.taken !== 1) throw isBusy("A migrator holds this database's fence");
  try {
    const tables = await query<RowDataPacket[]>(
      connection,
      "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND LEFT(TABLE_NAME, 12) = '_fanfold_oc_'",
      [database],
    );
    const names = tables.flatMap(({ name }) => OWN_WORK_TABLE.exec(String(name))?.[1] ?? []);
    const works = [...new Set(names)].map(
      (workName) => new WorkTables(connection, database, ghostTables(workName)),
    );
    for (const work of works) {
      if ((await work.left(1)) === 'at work')
        throw isBusy('A gh-ost is at work, although no migrator is');
    }
    const dropped: string[] = [];
    for (const work of works) dropped.push(...(await work.drop()));
    return dropped;
  } finally {
    await query(connection, 'DO RELEASE_LOCK(?)', [fence]).catch(() => {});
  }
}

function isBusy(why: string): FanfoldError {
  return new FanfoldError(
    'TenantBusy',
    `${why}: the tables of its online change were not dropped.`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep: 'Wait for it to end, then run the command again.',
    },
  );
}
