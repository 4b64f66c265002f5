import type { OnlineClauses } from './online-changes.ts';
import type { ProgramName } from './online-program.ts';
import type { KeyColumn } from './unsafe-key.ts';

/** Facts about a server and a table that decide whether a program can change it online. */
export interface OnlineFacts {
  readonly isMariaDb: boolean;
  /** The names of the database, the table, its columns and its indexes. */
  readonly names: readonly string[];
  /** Rights that the login lacks for each program, such as `REPLICATION SLAVE ON *.*`. */
  readonly missingRights: Readonly<Record<ProgramName, readonly string[]>>;
  readonly hasBinaryLog: boolean;
  readonly binlogFormat: string;
  readonly binlogRowImage: string;
  /** `binlog_row_value_options`, '' by default. */
  readonly binlogRowValueOptions: string;
  readonly compressesBinaryLog: boolean;
  readonly isReadOnly: boolean;
  /** Whether performance_schema records metadata locks. */
  readonly hasMetadataLocks: boolean;
  /** `undefined` if the table is missing. */
  readonly engine: string | undefined;
  /** Names of foreign keys of the table, and of those that refer to it. */
  readonly foreignKeys: readonly string[];
  readonly triggers: readonly string[];
  /** CHECK constraints with names that the server would not give to those of a copy. */
  readonly namedChecks: readonly string[];
  /** Tables of another program that changes the same table, or was interrupted while it did. */
  readonly othersWork: readonly string[];
  /** The columns of the primary key; none without one. */
  readonly key: readonly KeyColumn[];
  /** Types of its columns by name in lower case, such as `timestamp`. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * The reason why no program must change this table, in a sentence; `undefined` if one may. A pure function of facts:
 * each of them has lost rows, values or names in some tool that copies tables, or is refused by programs later than here.
 */
export function whyNotOnline(facts: OnlineFacts, clauses: OnlineClauses): string | undefined {
  if (facts.isMariaDb) {
    return 'The server is MariaDB, whose binary log the program does not follow safely.';
  }
  if (clauses.unfit !== undefined) return clauses.unfit;
  const odd = facts.names.find((name) => /['"`\\]/.test(name));
  if (odd !== undefined)
    return `The name ${odd} has a quote or a backslash, which the program does not escape.`;
  if (!facts.hasBinaryLog) return 'The server writes no binary log (log_bin is OFF).';
  if (facts.binlogFormat !== 'ROW') return `binlog_format is ${facts.binlogFormat}, not ROW.`;
  if (facts.binlogRowImage !== 'FULL')
    return `binlog_row_image is ${facts.binlogRowImage}, not FULL.`;
  if (facts.binlogRowValueOptions !== '')
    return `binlog_row_value_options is ${facts.binlogRowValueOptions}, so that the binary log has parts of values.`;
  if (facts.compressesBinaryLog)
    return 'binlog_transaction_compression is ON: the program would skip every change that is written while it copies.';
  if (facts.isReadOnly) return 'The server is read-only.';
  if (facts.engine === undefined) return 'The table is not there, or its login does not see it.';
  if (facts.engine.toLowerCase() !== 'innodb') return `The engine of the table is ${facts.engine}.`;
  if (facts.foreignKeys.length > 0)
    return `The table has foreign keys, or is referred to: ${facts.foreignKeys.join(', ')}.`;
  if (facts.triggers.length > 0) return `The table has triggers: ${facts.triggers.join(', ')}.`;
  if (facts.namedChecks.length > 0)
    return `The table has CHECK constraints whose names a copy would lose: ${facts.namedChecks.join(', ')}.`;
  if (facts.othersWork.length > 0)
    return `Another program changes the table, or was interrupted while it did: ${facts.othersWork.join(', ')}. Two of them would undo each other's change.`;
  if (facts.key.length === 0) return 'The table has no primary key.';
  const timestamp = clauses.redefined.find(
    (name) =>
      facts.types.get(name.toLowerCase()) === 'timestamp' || /\btimestamp\b/i.test(clauses.text),
  );
  if (timestamp !== undefined)
    return `It redefines the column ${timestamp} from or to TIMESTAMP, whose values depend on the time zone of the session.`;
  return undefined;
}
