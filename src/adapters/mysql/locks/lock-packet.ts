import type { Connection, QueryResult } from 'mysql2';
import type { Note } from '../../../core/outcome.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import { isTableMissing, type ServerError } from '../../server/server-error.ts';
import { createTables, extendJournal, type KnexTables } from '../bookkeeping/knex-tables.ts';
import type { StoredState } from '../bookkeeping/read-state.ts';
import type { SessionLeft } from '../bookkeeping/session-left.ts';
import { queryInTurn } from '../connection/query-in-turn.ts';
import type { HeldLock } from './lock-value.ts';

/** The steps of taking the locks, in order. */
export type Step = 'session' | 'expected' | 'fence' | 'tables' | 'lock' | 'state' | 'look';

export interface TakeLocksOptions {
  readonly database: string;
  /** The name of the fence. */
  readonly fence: string;
  readonly waitSeconds: number;
  /** The statement that sets up the session, including the time limits for the locks. */
  readonly settings: string;
  readonly tables: KnexTables;
  /** The tables that existed when the state was read; missing ones are created. */
  readonly stored: StoredState['tables'];
  /** The table of the database whose definition is read as well, because the first statement will probably need it. */
  readonly lookAt?: string | undefined;
}

export interface TakenLocks {
  readonly state: SchemaState & { readonly left: ReadonlyMap<string, SessionLeft> };
  readonly notes: Note[];
  /** The held lock, for releasing it. */
  readonly lock: HeldLock;
  /** The value of a cleared lock of a killed Fanfold run. */
  readonly stale?: number | undefined;
}

/** The locks of a session, and what was read with them. */
export interface LockedSession extends TakenLocks {
  readonly session: SessionAsItIs;
  readonly look?: Look | undefined;
}

/** A table and its definition, which was read with the locks. */
export interface Look {
  readonly table: string;
  readonly definition: string;
}

/** Properties of the session that affect how statements are read and sent. */
export interface SessionAsItIs {
  readonly sqlMode: string;
  /** `max_allowed_packet`, in bytes. */
  readonly maxPacketBytes: number;
  /** Whether InnoDB is the default engine of new tables. */
  readonly isInnoDb: boolean;
}

/** A statement of the packet, and its step. */
export type Statement = readonly [step: Step, sql: string];

/** The statements that create missing tables or columns. */
export function inTables(stored: StoredState['tables'], tables: KnexTables): Statement[] {
  const statements =
    stored.are === 'missing'
      ? createTables(tables)
      : stored.are === 'outdated'
        ? [extendJournal(tables, stored.journalColumns)]
        : [];
  return statements.map((sql) => ['tables', sql]);
}

/** Whether the lock's table was dropped, which reading the applied migrations does not show. */
export function isLockTableMissing(
  { step, error }: { readonly step: Step; readonly error: ServerError },
  stored: StoredState['tables'],
): boolean {
  return step === 'lock' && isTableMissing(error) && stored.are !== 'missing';
}

export function inLock(statements: readonly string[]): Statement[] {
  return statements.map((sql) => ['lock', sql]);
}

/** Sends the statements in one packet; returns their answers, or the step that failed. */
export async function send(
  connection: Connection,
  statements: readonly Statement[],
  timeoutMs?: number,
): Promise<
  | { answers: readonly QueryResult[] }
  | { step: Step; before: readonly QueryResult[]; error: ServerError }
> {
  const sent = await queryInTurn(
    connection,
    statements.map(([, sql]) => sql),
    timeoutMs,
  );
  if ('answers' in sent) return sent;
  const { failed, before, error } = sent;
  return { step: statements[failed]?.[0] ?? 'state', before, error };
}
