import type { Knex } from 'knex';
import type { Connection, QueryError, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Backfill } from '../../../../../core/backfill/backfill.ts';
import type { HostLoad } from '../../../../../core/backfill/host-strain.ts';
import { median } from '../../../../../core/pace/median.ts';
import type { ServerReplicas } from '../../../../../core/replicas/replica-standing.ts';
import { isConnectionLost } from '../../../../server/connection-lost.ts';
import { isServerError } from '../../../../server/server-error.ts';
import { type DoneBatch, movePlace } from '../../../bookkeeping/backfills-table.ts';
import type { KnexTables } from '../../../bookkeeping/knex-tables.ts';
import { readOtherSessions } from '../../../connection/process-list.ts';
import { query } from '../../../connection/query.ts';
import { statementRef } from '../../../journal/sql-statement.ts';
import { checkFence } from '../../../locks/fence.ts';
import { tracingStrayErrors } from '../../knex/stray-errors.ts';
import type { MigrationSession } from '../migration-session.ts';
import { ownText } from '../own-text.ts';
import { pieceFailure } from '../piece-failure.ts';
import { sendStatements } from '../send-packet.ts';
import type { BatchStatements } from './batch-statements.ts';
import { createHostLoadReader } from './host-load.ts';
import { type KeptRows, keepingStatements } from './kept-rows.ts';
import { keyGroups } from './key-groups.ts';
import { type KeyValues, keyOrder, keyRange, keySelection } from './key-sql.ts';
import type { WalkedTable } from './walked-table.ts';

/** The rows after one key and up to another, and how many they are. */
export interface Batch {
  readonly lower: KeyValues | undefined;
  readonly upper: KeyValues;
  readonly rows: number;
}

/** The means of a backfill in one attempt. */
export interface BatchSenderOptions {
  readonly migration: string;
  readonly runId: string;
  readonly backfill: Backfill;
  readonly table: WalkedTable;
  readonly session: MigrationSession;
  readonly tables: KnexTables;
  /** Sends what `rows` sends. */
  readonly statements: BatchStatements;
  /** The Knex that `rows` gets. */
  readonly knex: Knex;
  /** The table that keeps prior values; undefined if they are not kept. */
  readonly kept?: KeptRows | undefined;
  /** The configured replicas of the server. */
  readonly replicas?: ServerReplicas | undefined;
}

/** Commits whose median counts: one of them may be a fluke. */
const LAST_COMMITS = 5;

/** Finds and changes the rows of batches: each batch and its place are one transaction. */
export class BatchSender {
  readonly #options: BatchSenderOptions;
  #isolation: string[] = [];
  /** The time of the last commits. */
  #commitsMs: number[] = [];
  #readLoad: ReturnType<typeof createHostLoadReader> | undefined;

  constructor(options: BatchSenderOptions) {
    this.#options = options;
  }

  /**
   * Chooses READ COMMITTED if replication allows it: other sessions may then insert between the rows of a batch.
   * The servers refuse it for statements that are replicated by their text.
   */
  async chooseIsolation(): Promise<void> {
    // A row that is inserted between the copy and the change would be changed without a prior value.
    if (this.#options.kept !== undefined) return;
    const [row] = await query<RowDataPacket[]>(
      this.#connection,
      "SHOW VARIABLES LIKE 'binlog_format'",
    );
    const byText = /^statement$/i.test(String(row?.Value ?? 'ROW'));
    this.#isolation = byText ? [] : ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED'];
  }

  /** The batch of at most so many rows after a key; `undefined` if there is none. */
  async find(lower: KeyValues | undefined, rows: number): Promise<Batch | undefined> {
    const { key, quoted } = this.#options.table;
    const from = `FROM ${quoted} FORCE INDEX (PRIMARY) WHERE ${keyRange(key, lower, undefined)}`;
    const select = `SELECT ${keySelection(key)} ${from} ORDER BY`;
    const full = await this.#readKey(`${select} ${keyOrder(key)} LIMIT 1 OFFSET ${rows - 1}`);
    if (full !== undefined) return { lower, upper: full, rows };
    const last = await this.#readKey(`${select} ${keyOrder(key, 'DESC')} LIMIT 1`);
    if (last === undefined) return undefined;
    const [counted] = await query<RowDataPacket[]>(
      this.#connection,
      `SELECT COUNT(*) AS count FROM ${quoted} FORCE INDEX (PRIMARY) WHERE ${keyRange(key, lower, last)}`,
    );
    return { lower, upper: last, rows: Number(counted?.count ?? 0) };
  }

  /** Changes the rows of a batch and moves the place on; returns how many it changed. Throws if it was rolled back. */
  async run(batch: Batch, batchRows: number): Promise<number> {
    const { migration, runId, backfill } = this.#options;
    const done = { migration, runId, position: batch.upper, rows: batch.rows, batchRows };
    const range = this.#rangeOf(batch);
    try {
      if (backfill.rows === undefined) return await this.#runUpdate(batch, range, done);
      return await this.#runRows(backfill.rows, { batch, range }, done);
    } catch (error) {
      if (!this.#options.session.isLost) await query(this.#connection, 'ROLLBACK');
      throw error;
    }
  }

  /** Whether another session waits for the fence, as a run of schema changes does; and the load of the server. */
  async look(): Promise<{ readonly isAwaited: boolean; readonly load: HostLoad }> {
    const { session, replicas } = this.#options;
    const waiting = await readOtherSessions(this.#connection, { state: ['User lock'] });
    const fence = `'${session.facts.fence}'`;
    this.#readLoad ??= createHostLoadReader(this.#connection, session.isMariaDB, replicas?.read);
    const load = await this.#readLoad(median(this.#commitsMs));
    return { isAwaited: waiting.some(({ info }) => info?.includes(fence) ?? false), load };
  }

  get #connection(): Connection {
    return this.#options.session.connection;
  }

  async #readKey(sql: string): Promise<KeyValues | undefined> {
    const [row] = await query<RowDataPacket[]>(this.#connection, sql);
    return row && this.#options.table.key.map((_, index) => String(row[`k${index}`]));
  }

  #rangeOf({ lower, upper }: Batch): string {
    const { backfill, table } = this.#options;
    const range = keyRange(table.key, lower, upper);
    // A comment at the end of the condition must not hide the bracket.
    return backfill.where === undefined ? range : `${range} AND (${backfill.where}\n)`;
  }

  async #runUpdate(batch: Batch, range: string, done: Omit<DoneBatch, 'changed'>): Promise<number> {
    const { backfill, table } = this.#options;
    const sql = `UPDATE ${table.quoted} FORCE INDEX (PRIMARY) SET ${backfill.update}\n WHERE ${range}`;
    const keeping = this.#keeping(batch, range);
    const begin = [...this.#isolation, 'START TRANSACTION', ...keeping.before];
    const moved = this.#moved({ ...done, changed: undefined });
    const own = { own: begin.length, sql };
    const headers = await this.#send([...begin, sql, moved, ...keeping.after], own);
    await this.#commit();
    return headers[begin.length]?.affectedRows ?? 0;
  }

  async #runRows(
    rows: NonNullable<Backfill['rows']>,
    { batch, range }: { readonly batch: Batch; readonly range: string },
    done: Omit<DoneBatch, 'changed'>,
  ): Promise<number> {
    const { session, statements, knex, migration, table } = this.#options;
    const keeping = this.#keeping(batch, range);
    await this.#send([...this.#isolation, 'START TRANSACTION', ...keeping.before]);
    const keys = await this.#keysFor(range);
    if (keys.length > 0) {
      statements.begin();
      const { database } = session.facts;
      try {
        await tracingStrayErrors({ migration, database }, async () => {
          for (const group of keyGroups(keys, table.key)) {
            await rows(knex, [...group]);
            await session.settled();
          }
        });
      } finally {
        statements.isOpen = false;
      }
      if (statements.ended !== undefined) throw statements.ended;
    }
    await this.#send([this.#moved({ ...done, changed: keys.length }), ...keeping.after]);
    await this.#commit();
    return keys.length;
  }

  /** Locks the rows of the range, and returns their keys as a query of the migration can use them. */
  async #keysFor(range: string): Promise<unknown[]> {
    const { table } = this.#options;
    const columns = table.key.map(({ name, kind }, index) => {
      const column = `\`${name.replaceAll('`', '``')}\``;
      // The text protocol cuts the digits of FLOAT.
      return `${kind === 'float' ? `${column} + 0e0` : column} AS k${index}`;
    });
    const sql = `SELECT ${columns.join(', ')} FROM ${table.quoted} FORCE INDEX (PRIMARY) WHERE ${range} ORDER BY ${keyOrder(table.key)} FOR UPDATE`;
    const found = await this.#readExactly(sql);
    return table.key.length === 1 ? found.map(([only]) => only) : found;
  }

  /** Rows as arrays of values that lose nothing: large numbers and times as text. */
  #readExactly(sql: string): Promise<unknown[][]> {
    const options = {
      rowsAsArray: true,
      supportBigNumbers: true,
      dateStrings: true,
      typeCast: true,
    } as object as QueryOptions;
    return new Promise((resolve, reject) => {
      this.#connection.query({ ...options, sql }, (error: QueryError | null, rows: unknown) =>
        error === null ? resolve(rows as unknown[][]) : reject(this.#failed(error, sql)),
      );
    });
  }

  /** The statements around the change of a batch by which prior values are kept. */
  #keeping({ lower, upper }: Batch, ofRows: string) {
    const { kept, table } = this.#options;
    if (kept === undefined) return { before: [], after: [] };
    const ofKeys = keyRange(table.key, lower, upper);
    const { before, after } = keepingStatements(kept, table, { ofKeys, ofRows });
    return { before: [before], after: [after] };
  }

  #moved(done: DoneBatch): string {
    const { session, tables } = this.#options;
    return ownText(this.#connection, movePlace(done, tables), session.sqlMode);
  }

  /** Commits in a packet of its own, whose time shows how the server's disk keeps up. */
  async #commit(): Promise<void> {
    const began = performance.now();
    await this.#send([checkFence(this.#options.session.facts.fence), 'COMMIT']);
    this.#commitsMs = [...this.#commitsMs, performance.now() - began].slice(-LAST_COMMITS);
  }

  /** Sends statements in one packet. `own` is the index of the migration's own one. */
  async #send(
    texts: readonly string[],
    { own = -1, sql = '' }: { own?: number; sql?: string } = {},
  ): Promise<readonly ResultSetHeader[]> {
    const { session } = this.#options;
    const { headers, error } = await sendStatements(this.#connection, texts, {
      apart: session.isClustered,
    });
    if (error === undefined) return headers;
    const failure = this.#failed(error, headers.length === own ? sql : undefined);
    throw isServerError(failure)
      ? await pieceFailure(undefined, failure, this.#connection)
      : failure;
  }

  #failed(error: unknown, sql?: string): unknown {
    const { session } = this.#options;
    if (isConnectionLost(error)) session.isLost = true;
    if (sql !== undefined && error instanceof Error) {
      session.failedAt(error, statementRef({ number: 1, sql }));
    }
    return error;
  }
}
