import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import type { FanfoldError } from '../../../../../core/errors.ts';
import type { EffectiveGuard } from '../../../../../core/safety/guard/effective-guard.ts';
import {
  cannotBeGuarded,
  wouldCopy,
  wouldLock,
} from '../../../../../core/safety/guard/guard-errors.ts';
import { ERRNO } from '../../../../server/errno.ts';
import { isServerError, type ServerError } from '../../../../server/server-error.ts';
import { query } from '../../../connection/query.ts';
import { qualifiedName } from '../../../journal/object-state.ts';
import type { DdlObject } from '../../../sql/ddl-object.ts';
import type { GuardedStatement } from '../../../sql/guarded-statement.ts';
import { guardedWays } from '../../../sql/guarded-ways.ts';
import type { SqlMode } from '../../../sql/sql-mode.ts';
import { ownText } from '../own-text.ts';
import { tableBytes } from './table-bytes.ts';

/** The decision after a refusal: another form to send, or the error with which the statement ends. */
export type NextForm =
  | { readonly send: string }
  | { readonly fail: ServerError | FanfoldError }
  /** No form keeps the limits, and a program outside of the server is to carry the change out. */
  | { readonly online: FanfoldError };

export interface GuardedSendingOptions {
  readonly statement: Extract<GuardedStatement, { guard: 'clauses' }>;
  /** The statement with its values, as the migration sent it. */
  readonly text: string;
  readonly guard: EffectiveGuard;
  readonly connection: Connection;
  readonly isMariaDb: boolean;
  readonly sqlMode: SqlMode;
  /** Ends the attempt with this error, even if the migration catches it. */
  readonly refuse: (error: Error) => Error;
}

/**
 * Errors of a statement that the server cannot carry out in the demanded way. It has changed nothing then.
 * 1064: it takes no such clause; 1221: clauses exclude each other; 1235 and 1845: not supported for this change;
 * 1800: an algorithm that this version does not know; 1846: not supported, with the reason.
 */
const NOT_THAT_WAY: ReadonlySet<number> = new Set([1064, 1221, 1235, 1800, 1845, 1846]);

/** Whether the server refused the demanded way, and not the statement itself. */
export function refusesWay(error: unknown): error is ServerError {
  return isServerError(error) && NOT_THAT_WAY.has(error.errno);
}

/** The forms in which one guarded statement is sent, one after the other, until the server accepts one. */
export class GuardedSending {
  readonly #options: GuardedSendingOptions;
  readonly #tried = new Set<string>();
  #mayCopy: boolean;
  #exceeds: 'lock' | 'copy' | undefined;
  #bytes: number | undefined;
  /** The refusal of the last form that keeps the limits. */
  #refusedBy: ServerError | undefined;
  /** Whether the size of the table has been compared with the limit. */
  #isSized = false;

  constructor(options: GuardedSendingOptions) {
    this.#options = options;
    this.#mayCopy = options.guard.copyBytes === undefined;
  }

  /** The form to send first, or the reason why none is sent. */
  async first(): Promise<NextForm> {
    return this.#untried() ?? this.#beyond(undefined);
  }

  /** The form that follows one that the server has refused with {@link refusesWay}. */
  async next(error: ServerError): Promise<NextForm> {
    if (error.errno === ERRNO.ER_PARSE_ERROR) return { fail: await this.#parseError(error) };
    return this.#untried() ?? this.#beyond(error);
  }

  /** Ends the attempt with this error, and returns it. */
  refuse(error: Error): Error {
    return this.#options.refuse(error);
  }

  #untried(): NextForm | undefined {
    const { statement, guard, isMariaDb } = this.#options;
    const limits = { lock: guard.lock, mayCopy: this.#mayCopy };
    const { ways, exceeds } = guardedWays(statement, limits, isMariaDb);
    this.#exceeds = exceeds;
    const forms = ways.map((way) => statement.forms.demanding(way));
    const send = forms.find((form) => !this.#tried.has(form));
    if (send === undefined) return undefined;
    this.#tried.add(send);
    return { send };
  }

  /** Decides beyond the limits: a table without rows has none, and one that is small enough may be copied. */
  async #beyond(error: ServerError | undefined): Promise<NextForm> {
    const { connection, statement, guard, text } = this.#options;
    const { table } = statement.forms;
    // After a refusal no transaction is open, so that the rows are those of now.
    if (error !== undefined && !this.#tried.has(text) && (await isEmpty(connection, table))) {
      this.#tried.add(text);
      return { send: text };
    }
    if (!this.#isSized) {
      this.#isSized = true;
      this.#bytes = await tableBytes(connection, table, this.#options.isMariaDb);
      const isSmall = this.#bytes !== undefined && this.#bytes <= (guard.copyBytes ?? -1);
      if (isSmall && this.#exceeds !== 'lock') {
        this.#mayCopy = true;
        const form = this.#untried();
        if (form !== undefined) return form;
      }
    }
    return this.#online(error);
  }

  /** The way on that `safety.onlineChange` gives beyond the limits, or the refusal. */
  #online(error: ServerError | undefined): NextForm {
    const { guard, isMariaDb, statement } = this.#options;
    this.#refusedBy ??= error;
    const refusal = this.#refusal(this.#refusedBy);
    if (guard.onlineChange === undefined || this.#exceeds !== undefined || error === undefined)
      return { fail: refusal };
    if (!isMariaDb)
      return guard.onlineChange === 'external' ? { online: refusal } : { fail: refusal };
    const send = statement.forms.demanding({ algorithm: 'COPY', lock: 'NONE' });
    if (this.#tried.has(send)) return { fail: refusal };
    this.#tried.add(send);
    return { send };
  }

  #refusal(error: ServerError | undefined): FanfoldError {
    const { guard, statement, isMariaDb } = this.#options;
    const { own } = statement.forms;
    const refused = {
      table: statement.forms.table.name,
      bytes: this.#bytes,
      reason:
        error === undefined
          ? `The statement itself demands ${this.#exceeds === 'copy' ? `ALGORITHM=${own.algorithm}` : `LOCK=${own.lock}`}; it was not sent.`
          : `${isMariaDb ? 'MariaDB' : 'MySQL'} says: ${withFullStop(error.sqlMessage)}`,
      guard,
      isMariaDb,
      cause: error,
    };
    if (this.#exceeds !== undefined)
      return this.#exceeds === 'lock' ? wouldLock(refused) : wouldCopy(refused);
    if (guard.lock === 'any') return wouldCopy(refused);
    // The names of clauses are the same in every language of messages.
    const isCopy = !this.#mayCopy && /ALGORITHM=/.test(error?.sqlMessage ?? '');
    return isCopy ? wouldCopy(refused) : wouldLock(refused);
  }

  /** The statement's own syntax error, or that it takes no clause: PREPARE parses it and runs nothing. */
  async #parseError(error: ServerError): Promise<ServerError | FanfoldError> {
    const { connection, text, sqlMode } = this.#options;
    const name = escapeId('fanfold_guard');
    const prepare = { sql: `PREPARE ${name} FROM ?`, values: [text] };
    try {
      await query(connection, ownText(connection, prepare, sqlMode));
    } catch (own) {
      if (!isServerError(own)) throw own;
      return own.errno === ERRNO.ER_PARSE_ERROR ? own : cannotBeGuarded(NO_CLAUSE);
    }
    await query(connection, `DEALLOCATE PREPARE ${name}`);
    return error.errno === ERRNO.ER_PARSE_ERROR ? cannotBeGuarded(NO_CLAUSE) : error;
  }
}

const NO_CLAUSE = 'the server takes no ALGORITHM or LOCK clause with it';

async function isEmpty(connection: Connection, table: DdlObject): Promise<boolean> {
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SELECT 1 FROM ${qualifiedName(table)} LIMIT 1`,
    );
    return rows.length === 0;
  } catch (error) {
    // Without the right to read, or if the table is missing, nothing is known.
    if (isServerError(error)) return false;
    throw error;
  }
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
