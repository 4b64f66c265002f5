import type { OnlineClauses } from './online-changes.ts';
import { type ColumnFacts, unsafeColumn, unsafeConversion } from './spirit-columns.ts';
import type { OnlineFacts } from './why-not-online.ts';

/** Facts that matter to Spirit beside the {@link OnlineFacts}. */
export interface SpiritFacts {
  /** The names of the database and of the table as the server has stored them. */
  readonly stored: readonly [database: string, table: string];
  readonly asked: readonly [database: string, table: string];
  readonly columns: readonly ColumnFacts[];
  /** The columns after the change, of an empty table. */
  readonly columnsAfter: readonly ColumnFacts[];
  /** Names of unique keys beside the primary one, before or after the change. */
  readonly uniqueKeys: readonly string[];
  /** Names of indexes on expressions, for which the server keeps hidden columns. */
  readonly expressionKeys: readonly string[];
  /** Columns of the primary key whose names are reserved words. */
  readonly reservedKeys: readonly string[];
  /** Greatest values of the unsigned columns of the primary key. */
  readonly greatest: ReadonlyMap<string, bigint>;
  /** A column with AUTO_INCREMENT that has the value 0 in some row. */
  readonly zeroIncrement: string | undefined;
  readonly logsReplicaUpdates: boolean;
  readonly hasPerformanceSchema: boolean;
  /** Tables with the names of Spirit's that are not Fanfold's. */
  readonly foreignTables: readonly string[];
}

/** Bits of the integer types. */
const BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};
/** Names that need no quotes in the middle of others, such as in `_…_new`. */
const UNQUOTED = /^[0-9A-Za-z$_\u0080-\uffff]+$/u;
/** MySQL's 64, less `_…_chkpnt`. */
const LONGEST_TABLE = 56;

/**
 * The reason why Spirit 0.12.0 must not change a table that programs may change; `undefined` if it may. Spirit compares
 * all rows before it swaps the tables, but what is written after that comes from the binary log alone. Each kind here
 * was lost or changed then, and success was reported, or ended Spirit hours later.
 */
export function whyNotSpirit(
  facts: OnlineFacts,
  spirit: SpiritFacts,
  clauses: OnlineClauses,
): string | undefined {
  const { columns, columnsAfter, stored, asked } = spirit;
  const missing = facts.missingRights.Spirit;
  if (missing.length > 0) return `The program's login lacks ${missing.join('; ')}.`;
  if (!spirit.hasPerformanceSchema) return 'performance_schema is OFF.';
  if (!spirit.logsReplicaUpdates) return 'log_replica_updates is OFF.';
  const other = stored.find((name, index) => name !== asked[index]);
  if (other !== undefined)
    return `The server has the name ${other}, which the statement or the tenant writes in another case: Spirit would follow no changes.`;
  if (!UNQUOTED.test(asked[1]))
    return `The table's name has characters that need quotes, which Spirit does not set everywhere.`;
  if (Buffer.byteLength(asked[1]) > LONGEST_TABLE)
    return `The table's name is longer than ${LONGEST_TABLE} bytes, to which Spirit adds 8.`;
  if (clauses.text.includes('%'))
    return 'The statement has a percent sign, which Spirit takes for a placeholder.';
  if (spirit.foreignTables.length > 0)
    return `Spirit would drop ${spirit.foreignTables.join(', ')}, and nothing shows that Fanfold made it.`;
  const key = unsafeSpiritKey(facts, spirit);
  if (key !== undefined) return key;
  if (spirit.uniqueKeys.length > 0)
    return `There are unique keys beside the primary one (${spirit.uniqueKeys.join(', ')}): a row that takes over another one's value would be lost.`;
  if (spirit.expressionKeys.length > 0)
    return `There are indexes on expressions (${spirit.expressionKeys.join(', ')}), for which the server keeps hidden columns.`;
  for (const column of columns) {
    const why = unsafeColumn(column);
    if (why !== undefined) return why;
  }
  return unsafeAfter(columns, columnsAfter);
}

function unsafeSpiritKey({ key }: OnlineFacts, spirit: SpiritFacts): string | undefined {
  const [reserved] = spirit.reservedKeys;
  if (reserved !== undefined)
    return `The column ${reserved} of the primary key is a reserved word, which Spirit does not quote.`;
  if (spirit.zeroIncrement !== undefined)
    return `The column ${spirit.zeroIncrement} has AUTO_INCREMENT and the value 0 in a row, which would get another one.`;
  const unquoted = key.find(({ name }) => !UNQUOTED.test(name) || /^\d/.test(name));
  if (unquoted !== undefined)
    return `The column ${unquoted.name} of the primary key has a name that needs quotes, which Spirit does not set.`;
  if (key.length === spirit.columns.length)
    return 'The table has no column beside its primary key, for which Spirit writes a statement that is not valid.';
  for (const { name, type } of key) {
    const bits = BITS[type];
    const full = spirit.columns.find((each) => each.name === name)?.fullType ?? '';
    if (bits === undefined || /zerofill/.test(full))
      return `The column ${name} of the primary key is ${full.toUpperCase()}: Spirit reads changes of such rows from the table, before they are visible there.`;
    // Half of the signed range is left for rows that are added meanwhile.
    if ((spirit.greatest.get(name) ?? 0n) >= 1n << BigInt(bits - 2))
      return `The column ${name} of the primary key has the value ${spirit.greatest.get(name)}; Spirit takes those beyond the signed range for negative ones.`;
  }
  return undefined;
}

function unsafeAfter(
  before: readonly ColumnFacts[],
  after: readonly ColumnFacts[],
): string | undefined {
  for (const to of after) {
    const from = before.find(({ name }) => name.toLowerCase() === to.name.toLowerCase());
    if (from === undefined) {
      if (!to.isNullable && !to.hasDefault && !to.isGenerated)
        return `The new column ${to.name} is NOT NULL and has no default, so that Spirit could not add a row.`;
      continue;
    }
    const why = unsafeConversion(from, to);
    if (why !== undefined) return why;
  }
  return undefined;
}
