import type { ResultSetHeader } from 'mysql2';
import { SERVER_STATUS } from '../../../server/server-status.ts';
import { driverHeader, isHeader } from '../../connection/driver-classes.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import { kindOf } from '../../sql/statement-kind.ts';

/**
 * The status that a server would give with its answers if nothing but the migration's own statements
 * had been sent to it: ours are sent along in transactions and packets of their own. Under
 * `autocommit = 0` the server's own words are left as they are.
 */
export class PlainStatus {
  #inTransaction = false;

  /** Forgets what the migration before has left open. */
  reset(): void {
    this.#inTransaction = false;
  }

  /** The answer to what was sent as one query. */
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

  /** The server has refused a statement; DDL has ended the transaction all the same. */
  failed(sql: string): void {
    if (kindOf(sql) === 'ddl') this.#inTransaction = false;
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
    const kind = kindOf(sql);
    if (kind === 'ddl' || kind === 'locking') this.#inTransaction = false;
    else if (kind === 'control') {
      if (OPENS.test(sql)) this.#inTransaction = true;
      else if (ENDS.test(sql)) this.#inTransaction = CHAINS.test(sql);
    }
  }
}

/**
 * Whether what is said of the session's changes is empty: MySQL says so of DDL that came in one packet
 * with ours, and almost never of DDL that came alone.
 */
function saysNothing(header: ResultSetHeader): boolean {
  const { stateChanges } = header as unknown as { stateChanges?: StateChanges };
  if (stateChanges === undefined) return true;
  const { systemVariables, schema, gtids, trackStateChange } = stateChanges;
  const isSilent = schema === null && trackStateChange === null && gtids.length === 0;
  return isSilent && Object.keys(systemVariables).length === 0;
}

/** As mysql2 reads it. */
interface StateChanges {
  readonly systemVariables: Record<string, string>;
  readonly schema: string | null;
  readonly gtids: readonly string[];
  readonly trackStateChange: string | null;
}

const OPENS = /^\s*(?:BEGIN|START\s+TRANSACTION)\b/i;
const ENDS = /^\s*(?:COMMIT|ROLLBACK(?!\s+(?:WORK\s+)?TO\b))/i;
const CHAINS = /\bAND\s+CHAIN\b/i;
