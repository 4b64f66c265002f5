import type { Connection } from 'mysql2';
import type { StatementStanding } from '../../../core/half-applied.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { readLabel } from '../bookkeeping/resolutions-table.ts';
import { readStatements } from './read-statements.ts';
import { verifiedStandings } from './verified-standings.ts';

/**
 * Reads the standing of each statement of a half-applied migration and checks it against the database: the
 * statements of its `up`, then those of its `down`. Needs the fence.
 */
export async function readStandings(
  connection: Connection,
  tables: Pick<KnexTables, 'journal' | 'audit'>,
  id: string,
): Promise<StatementStanding[]> {
  const label = await readLabel(connection, tables, id);
  const standings: StatementStanding[] = [];
  for (const direction of ['up', 'down'] as const) {
    const statements = await readStatements(connection, tables.journal, id, direction);
    const of = { direction, label };
    standings.push(...(await verifiedStandings(connection, [...statements.values()], of)));
  }
  return standings;
}
