import type { Connection, QueryResult } from 'mysql2';
import type { Note } from '../../../core/outcome.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import { isTableMissing, type ServerError } from '../../server/server-error.ts';
import { createTables, extendJournal, type KnexTables } from '../bookkeeping/knex-tables.ts';
import type { StoredState } from '../bookkeeping/read-state.ts';
import type { SessionLeft } from '../bookkeeping/session-left.ts';
import { queryInTurn } from '../connection/query-in-turn.ts';
import type { HeldLock } from './lock-value.ts';

/** Steps of taking the locks, in their order. */
export type Step = 'session' | 'fence' | 'tables' | 'lock' | 'state';

export interface TakeLocksOptions {
  readonly database: string;
  /** Name of the fence. */
  readonly fence: string;
  readonly waitSeconds: number;
  /** Statement that sets the session up, and bounds how long the locks are waited for. */
  readonly settings: string;
  readonly tables: KnexTables;
  /** Tables that were there when the database was asked; those that are missing are made. */
  readonly stored: StoredState['tables'];
}

export interface TakenLocks {
  readonly state: SchemaState & { readonly left: ReadonlyMap<string, SessionLeft> };
  readonly notes: Note[];
  /** For those who give Knex's lock back. */
  readonly lock: HeldLock;
  /** The value of a lock that a killed run of Fanfold had left, and that was cleared. */
  readonly stale?: number | undefined;
}

/** Properties of the session that decide how statements are read and sent. */
export interface SessionAsItIs {
  readonly sqlMode: string;
  /** `max_allowed_packet`, in bytes. */
  readonly maxPacketBytes: number;
  /** Whether tables are InnoDB's unless they say otherwise. */
  readonly isInnoDb: boolean;
}

/** A statement of the packet, and what it is for. */
export type Statement = readonly [step: Step, sql: string];

/** Makes what of the tables is missing. */
export function inTables(stored: StoredState['tables'], tables: KnexTables): Statement[] {
  const statements =
    stored.are === 'missing'
      ? createTables(tables)
      : stored.are === 'outdated'
        ? [extendJournal(tables, stored.journalColumns)]
        : [];
  return statements.map((sql) => ['tables', sql]);
}

/** Whether somebody has dropped the lock's table, which reading what is applied does not show. */
export function isLockTableMissing(
  { step, error }: { readonly step: Step; readonly error: ServerError },
  stored: StoredState['tables'],
): boolean {
  return step === 'lock' && isTableMissing(error) && stored.are !== 'missing';
}

export function inLock(statements: readonly string[]): Statement[] {
  return statements.map((sql) => ['lock', sql]);
}

/** Sends the statements in one packet; says which step failed. */
export async function send(
  connection: Connection,
  statements: readonly Statement[],
): Promise<{ answers: readonly QueryResult[] } | { step: Step; error: ServerError }> {
  const sent = await queryInTurn(
    connection,
    statements.map(([, sql]) => sql),
  );
  if ('answers' in sent) return sent;
  return { step: statements[sent.failed]?.[0] ?? 'state', error: sent.error };
}
