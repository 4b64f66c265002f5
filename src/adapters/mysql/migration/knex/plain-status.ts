import type { ResultSetHeader } from 'mysql2';
import { SERVER_STATUS } from '../../../server/server-status.ts';
import { driverHeader, isHeader } from '../../connection/driver-classes.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import { statementKind } from '../../sql/statement-kind.ts';

/**
 * Adjusts the status in answers to what the server would report if only the migration's own statements had been
 * sent, without Fanfold's transactions and packets. With `autocommit = 0` the server's status is unchanged.
 */
export class PlainStatus {
  #inTransaction = false;

  /** Forgets a transaction that the previous migration left open. */
  reset(): void {
    this.#inTransaction = false;
  }

  /** Adjusts the answer to one query. */
  answer(sql: string, [result, fields]: Answer): Answer {
    this.#follow(sql);
    if (isHeader(result)) return [this.#header(result, false), fields];
    if (!Array.isArray(result) || !result.some(isHeader)) return [result, fields];
    const last = result.length - 1;
    const results = result.map((each, index) =>
      isHeader(each) ? this.#header(each, index < last) : each,
    );
    return [results, fields];
  }

  /** Records a refused statement; DDL has ended the transaction even if it failed. */
  failed(sql: string): void {
    if (statementKind(sql) === 'ddl') this.#inTransaction = false;
  }

  #header(header: ResultSetHeader, hasMore: boolean): ResultSetHeader {
    const { serverStatus } = header;
    let status = hasMore
      ? serverStatus | SERVER_STATUS.MORE_RESULTS_EXISTS
      : serverStatus & ~SERVER_STATUS.MORE_RESULTS_EXISTS;
    if ((status & SERVER_STATUS.AUTOCOMMIT) !== 0) {
      status = this.#inTransaction
        ? status | SERVER_STATUS.IN_TRANS
        : status & ~SERVER_STATUS.IN_TRANS;
    }
    if ((status & SERVER_STATUS.SESSION_STATE_CHANGED) !== 0 && saysNothing(header)) {
      status &= ~SERVER_STATUS.SESSION_STATE_CHANGED;
      delete (header as { stateChanges?: unknown }).stateChanges;
    }
    if (Object.getPrototypeOf(header) === Object.prototype) {
      return driverHeader({ ...header, serverStatus: status });
    }
    header.serverStatus = status;
    return header;
  }

  #follow(sql: string): void {
    const kind = statementKind(sql);
    if (kind === 'ddl' || kind === 'locking') this.#inTransaction = false;
    else if (kind === 'control') {
      if (OPENS.test(sql)) this.#inTransaction = true;
      else if (ENDS.test(sql)) this.#inTransaction = CHAINS.test(sql);
    }
  }
}

/**
 * Whether the reported changes of the session are empty. MySQL reports that for DDL in a packet with Fanfold's
 * statements, and almost never for DDL in a separate packet.
 */
function saysNothing(header: ResultSetHeader): boolean {
  const { stateChanges } = header as unknown as { stateChanges?: StateChanges };
  if (stateChanges === undefined) return true;
  const { systemVariables, schema, gtids, trackStateChange } = stateChanges;
  const isSilent = schema === null && trackStateChange === null && gtids.length === 0;
  return isSilent && Object.keys(systemVariables).length === 0;
}

/** The session's changes as mysql2 parses them. */
interface StateChanges {
  readonly systemVariables: Record<string, string>;
  readonly schema: string | null;
  readonly gtids: readonly string[];
  readonly trackStateChange: string | null;
}

const OPENS = /^\s*(?:BEGIN|START\s+TRANSACTION)\b/i;
const ENDS = /^\s*(?:COMMIT|ROLLBACK(?!\s+(?:WORK\s+)?TO\b))/i;
const CHAINS = /\bAND\s+CHAIN\b/i;
