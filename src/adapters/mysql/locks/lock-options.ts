import { format } from 'mysql2';
import type { FenceOptions } from '../../../core/ports.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { fenceName } from './fence-name.ts';
import type { TakeLocksOptions } from './lock-packet.ts';

/** The server ends a session that is silent for longer, which releases the fence of a vanished host. */
const SESSION_TIMEOUT_SECONDS = 120;

/** The options for taking the locks of a database, by those of its fence. */
export function lockOptions(
  database: string,
  tables: KnexTables,
  { waitSeconds, lockWaitTimeoutSeconds }: FenceOptions,
): Omit<TakeLocksOptions, 'stored'> {
  const settings = format(
    // completion_type = 0, because the journal does not work if a COMMIT starts a transaction or ends the session.
    'SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?, wait_timeout = ?, completion_type = 0',
    [lockWaitTimeoutSeconds, lockWaitTimeoutSeconds, SESSION_TIMEOUT_SECONDS],
  );
  return { database, fence: fenceName(database), waitSeconds, settings, tables };
}
