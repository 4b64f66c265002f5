import type { QueryError, QueryOptions } from 'mysql2';
import { FanfoldError } from '../../../../../core/errors.ts';
import { isConnectionLost } from '../../../../server/connection-lost.ts';
import { isServerError } from '../../../../server/server-error.ts';
import { learnDriverClasses } from '../../../connection/driver-classes.ts';
import { statementRef } from '../../../journal/sql-statement.ts';
import type { Answer } from '../../../journal/stored-answer.ts';
import { splitStatements } from '../../../sql/split-statements.ts';
import { statementTraits } from '../../../sql/statement-traits.ts';
import type { KnexQuery, StatementRunner } from '../../knex/fence-state.ts';
import type { MigrationSession } from '../migration-session.ts';
import { refusalEffect } from '../refusal-effect.ts';
import { keyColumnSetBy } from './check-backfill-sql.ts';
import type { KeyColumn } from './key-column.ts';

/**
 * The statements that the `rows` of a backfill sends: all belong to the transaction of its batch, so that
 * nothing may commit it. They are not journaled, because the place of the batch shows whether they took effect.
 */
export class BatchStatements implements StatementRunner {
  readonly #session: MigrationSession;
  #number = 0;
  /** Whether a batch is open. Code that outlives its batch must not write into the next one. */
  isOpen = false;
  /** The error that may have ended the transaction: what follows would no longer belong to it. */
  ended: Error | undefined;
  /** The table whose key the backfill walks, when it is known. */
  walked: { readonly name: string; readonly key: readonly KeyColumn[] } | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(session: MigrationSession) {
    this.#session = session;
  }

  /** Starts the numbers of a batch's statements again. */
  begin(): void {
    this.#number = 0;
    this.isOpen = true;
    this.ended = undefined;
  }

  run(sent: KnexQuery): Promise<Answer> {
    const turn = this.#queue.then(() => this.#send(sent));
    this.#queue = turn.catch(() => {});
    return this.#session.tracking(turn);
  }

  stream(): Promise<never> {
    return Promise.reject(refused('A stream of rows'));
  }

  async #send({ sql, bindings, options = {} }: KnexQuery): Promise<Answer> {
    const session = this.#session;
    if (this.ended !== undefined) throw this.ended;
    if (!this.isOpen) throw afterItsBatch();
    const { sqlMode, connection } = session;
    const flavour = session.isMariaDB ? 'mariadb' : 'mysql';
    for (const part of splitStatements(sql, bindings, sqlMode)) {
      const { kind } = statementTraits(part.sql, sqlMode, part.several, flavour);
      if (kind !== 'read' && kind !== 'write') throw refused(`\`${firstWords(part.sql)}\``);
      const column = this.walked && keyColumnSetBy(part.sql, this.walked, sqlMode);
      if (column !== undefined) throw setsKey(column);
    }
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      connection.query(
        { ...options, sql, values: [...bindings] } as QueryOptions,
        (error: QueryError | null, rows: unknown, fields: unknown) => {
          if (error === null) {
            learnDriverClasses(rows, fields);
            resolve([rows, fields]);
            return;
          }
          if (isConnectionLost(error)) session.isLost = true;
          if (session.isLost || endsTransaction(error)) this.ended ??= error;
          session.failedAt(error, statementRef({ number, sql }));
          reject(error);
        },
      );
    });
  }
}

function endsTransaction(error: Error): boolean {
  return isServerError(error) && refusalEffect('write', error.errno, 'migration') !== 'none';
}

function firstWords(sql: string): string {
  return sql.trim().split(/\s+/, 2).join(' ').slice(0, 40);
}

function refused(what: string): FanfoldError<'StatementRefused'> {
  return new FanfoldError(
    'StatementRefused',
    `${what} cannot be part of a backfill: each batch is one transaction, which nothing in it may commit.`,
    {
      fault: 'migration',
      nextStep:
        'Read and write rows with the knex that `rows` gets, without knex.transaction(). Change the schema in a migration before the backfill.',
    },
  );
}

function setsKey(column: string): FanfoldError<'StatementRefused'> {
  return new FanfoldError(
    'StatementRefused',
    `The backfill sets ${JSON.stringify(column)}, a column of the primary key by which it walks: a row could move ahead of the walk and be changed twice, or without end.`,
    {
      fault: 'migration',
      nextStep:
        'Leave the key out of the update; change keys by a migration that is not a backfill.',
    },
  );
}

function afterItsBatch(): FanfoldError<'StatementRefused'> {
  return new FanfoldError(
    'StatementRefused',
    'The backfill sent a query after its function `rows` had returned.',
    { fault: 'migration', nextStep: 'Await every query in `rows`.' },
  );
}
