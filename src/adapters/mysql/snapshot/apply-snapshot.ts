import type { Connection } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { SnapshotApplication, SnapshotEnd } from '../../../core/ports.ts';
import { SNAPSHOT_MIGRATION, type Snapshot } from '../../../core/snapshot/snapshot.ts';
import { whyNotOnServer } from '../../../core/snapshot/why-not-used.ts';
import { isServerError, messageForPeople } from '../../server/server-error.ts';
import { type KnexTables, ownTableNames } from '../bookkeeping/knex-tables.ts';
import { appliedRecord } from '../bookkeeping/migration-records.ts';
import type { SessionLeft } from '../bookkeeping/session-left.ts';
import { COMMIT, type SqlText, START } from '../connection/sql-text.ts';
import { inPackets } from '../scratch/query-texts.ts';
import { readGround } from './read-ground.ts';

/** The connection that holds the fence, and the tables of its database. */
export interface ApplySnapshotOptions {
  readonly connection: Connection;
  readonly database: string;
  readonly tables: KnexTables;
  /** The value of Knex's lock. */
  readonly lock: number;
  /** A statement with its values, as the session reads it. */
  readonly textOf: (statement: SqlText) => string;
  /** Sends statements, each in its own packet on a cluster; returns the error of the first that failed. */
  readonly send: (statements: readonly string[]) => Promise<unknown>;
}

/** Statements that are read ahead of a packet. */
const MOST_AHEAD = 200;

/**
 * Fills an empty database from a snapshot and records its migrations as a replay would have. The journal has an
 * open row from before the first statement until the records are committed, so that a database in which this was
 * interrupted is `HalfApplied` to everybody.
 *
 * Throws `SnapshotRefused` if the server refuses a statement; the database is half-made then.
 */
export async function applySnapshot(
  snapshot: Snapshot,
  { steps, runId, bundle }: SnapshotApplication,
  options: ApplySnapshotOptions,
): Promise<SnapshotEnd> {
  const { connection, database, tables, lock, send, textOf } = options;
  const { ground, objects, maxPacketBytes } = await readGround(connection, ownTableNames(tables));
  const why =
    objects > 0
      ? 'the database is not empty'
      : whyNotOnServer(snapshot.header, ground, maxPacketBytes);
  if (why !== undefined) return { notUsed: why };
  const sendAll = async (statements: readonly string[]) => {
    const error = await send(statements);
    if (error !== undefined) throw refused(error, database);
  };
  await sendAll([
    textOf(openRow(bundle, runId, tables)),
    'COMMIT',
    'SET @fanfold_sql_mode = @@SESSION.sql_mode, @fanfold_keys = @@SESSION.foreign_key_checks, @fanfold_unique = @@SESSION.unique_checks',
  ]);
  for await (const packet of packetsOf(snapshot)) await sendAll(packet);
  const { left } = snapshot.header;
  await sendAll([
    'SET SESSION sql_mode = @fanfold_sql_mode, SESSION foreign_key_checks = @fanfold_keys, SESSION unique_checks = @fanfold_unique',
    'SET @fanfold_sql_mode = NULL, @fanfold_keys = NULL, @fanfold_unique = NULL',
    textOf(START),
    ...steps.flatMap(({ migration, ...record }) => {
      const state = { lock, left: left[migration.id] as SessionLeft | undefined };
      return appliedRecord(migration, { ...record, runId, state }, tables).map(textOf);
    }),
    textOf({
      sql: `DELETE FROM ${tables.journal} WHERE migration = ?`,
      values: [SNAPSHOT_MIGRATION],
    }),
    textOf(COMMIT),
  ]);
  return 'applied';
}

function openRow(bundle: string, runId: string, { journal }: KnexTables): SqlText {
  return {
    sql: `INSERT INTO ${journal} (migration, number, checksum, run_id) VALUES (?, 1, ?, ?)`,
    values: [SNAPSHOT_MIGRATION, bundle, runId],
  };
}

async function* packetsOf(snapshot: Snapshot): AsyncGenerator<readonly string[]> {
  let waiting: string[] = [];
  for await (const { sql, isAlone } of snapshot.statements()) {
    if (!isAlone) waiting.push(sql);
    if (!isAlone && waiting.length < MOST_AHEAD) continue;
    yield* inPackets(waiting);
    waiting = [];
    if (isAlone) yield [sql];
  }
  yield* inPackets(waiting);
}

function refused(error: unknown, database: string): unknown {
  if (!isServerError(error)) return error;
  const said = messageForPeople(error, database);
  return new FanfoldError(
    'SnapshotRefused',
    `The server refuses a statement of the snapshot: ${said} (error ${error.errno}).`,
    {
      fault: 'tenant',
      nextStep:
        'Provision the tenant again: its database is made anew, and the migrations are replayed.',
      said,
      cause: error,
    },
  );
}
