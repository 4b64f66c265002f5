import type { Connection, ResultSetHeader } from 'mysql2';
import type { Note } from '../../../core/outcome.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import { createTables, extendJournal, type KnexTables } from '../bookkeeping/knex-tables.ts';
import {
  type StateRow,
  type StoredState,
  stateFrom,
  stateQuery,
} from '../bookkeeping/read-state.ts';
import { query } from '../connection/query.ts';
import { fenceBusy, isFenceNotFree, takeFence } from './fence.ts';
import {
  isHeldByKnex,
  isLockTaken,
  knexLockBusy,
  type LockAnswers,
  makeKnexLock,
  takeFreeKnexLock,
  takeSetKnexLock,
} from './knex-lock.ts';

export interface TakeLocksOptions {
  /** Name of the fence. */
  readonly fence: string;
  readonly waitSeconds: number;
  /** Statement that sets the session up, and bounds how long the locks are waited for. */
  readonly settings: string;
  readonly tables: KnexTables;
  /** What of the tables was there when the database was asked; what is missing is made. */
  readonly stored: StoredState['tables'];
}

/**
 * Takes the fence, then Knex's lock, and reads again what is applied, since another migrator may have
 * been faster: one packet, which the server leaves off at the first of them that is not free. The
 * transaction that takes Knex's lock stays open: it is committed along with what comes next. Throws
 * `TenantBusy` (retryable), naming the holder, where another migrator or plain Knex is at work.
 */
export async function takeLocks(
  connection: Connection,
  { fence, waitSeconds, settings, tables, stored }: TakeLocksOptions,
): Promise<{ state: SchemaState; notes: Note[] }> {
  const packet = [
    settings,
    takeFence(fence, waitSeconds),
    ...(stored === 'outdated' ? [extendJournal(tables)] : []),
    ...(stored === 'complete'
      ? takeFreeKnexLock(tables)
      : [createTables(tables), ...makeKnexLock(tables)]),
    stateQuery(tables),
  ];
  try {
    const answers = await query<ResultSetHeader[]>(connection, packet.join(';\n'));
    const [updated, rows, state] = answers.slice(-3) as unknown as [...LockAnswers, StateRow[]];
    if (isLockTaken(updated, rows)) return { state: stateFrom(state), notes: [] };
    const notes = await takeSetKnexLock(connection, tables);
    const again = await query<StateRow[]>(connection, stateQuery(tables));
    return { state: stateFrom(again), notes };
  } catch (error) {
    if (isFenceNotFree(error)) throw await fenceBusy(connection, fence);
    if (isHeldByKnex(error)) throw await knexLockBusy(connection, tables);
    throw error;
  }
}
