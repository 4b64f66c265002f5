import type { Connection, RowDataPacket } from 'mysql2';
import {
  changedTableOf,
  type OnlineLeftovers,
  onlineLeftovers,
  type WorkObject,
} from '../../../core/safety/online/online-leftovers.ts';
import { query } from '../connection/query.ts';

/** Finds the objects of the current database whose names may be those of an online change. */
export const WORK_OBJECTS = `SELECT 'table' AS kind, TABLE_NAME AS name, NULL AS tableName, TABLE_COMMENT AS comment, DATA_LENGTH + INDEX_LENGTH AS bytes
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND LEFT(TABLE_NAME, 1) = '_'
  UNION ALL SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, NULL, NULL
  FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND LEFT(TRIGGER_NAME, 7) = 'pt_osc_'`;

/**
 * Groups the rows of {@link WORK_OBJECTS}. One more query if a name may be that of another program, since a name
 * alone shows nothing: its table must exist too.
 */
export async function readOnlineWork(
  connection: Connection,
  rows: readonly RowDataPacket[],
): Promise<OnlineLeftovers[]> {
  const objects: WorkObject[] = rows.map(({ kind, name, tableName, comment, bytes }) =>
    kind === 'table'
      ? { kind, name: String(name), comment: String(comment), bytes: Number(bytes ?? 0) }
      : { kind: 'trigger', name: String(name), on: String(tableName) },
  );
  const tables = [...new Set(objects.flatMap(({ name }) => changedTableOf(name) ?? []))];
  const existing =
    tables.length === 0
      ? []
      : await query<RowDataPacket[]>(
          connection,
          'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)',
          [tables],
        );
  return onlineLeftovers(objects, new Set(existing.map(({ name }) => String(name))));
}
