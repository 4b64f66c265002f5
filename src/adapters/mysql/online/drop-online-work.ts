import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { OWN_WORK_TABLE } from '../../../core/safety/online/online-leftovers.ts';
import { query } from '../connection/query.ts';
import { fenceName } from '../locks/fence-name.ts';
import { GhostWork } from './work/ghost-work.ts';
import type { OnlineWork } from './work/online-work.ts';
import { SpiritWork } from './work/spirit-work.ts';

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
      "SELECT TABLE_NAME AS name, TABLE_COMMENT AS comment FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND LEFT(TABLE_NAME, 12) = '_fanfold_oc_'",
      [database],
    );
    const works = new Map<string, OnlineWork>();
    const scratch: string[] = [];
    for (const { name, comment } of tables) {
      const [, workName, purpose] = OWN_WORK_TABLE.exec(String(name)) ?? [];
      if (purpose === 'spi')
        works.set(
          `Spirit ${comment}`,
          new SpiritWork(connection, { database, table: String(comment) }),
        );
      else if (purpose === 'try') scratch.push(String(name));
      else if (workName !== undefined)
        works.set(workName, new GhostWork(connection, database, workName));
    }
    for (const work of works.values()) {
      if ((await work.left(1)) === 'at work')
        throw isBusy('Its program is at work, although no migrator is');
    }
    const dropped = [...scratch];
    for (const name of scratch)
      await query(
        connection,
        `DROP TABLE IF EXISTS ${escapeId(database, true)}.${escapeId(name, true)}`,
      );
    for (const work of works.values()) dropped.push(...(await work.drop()));
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
