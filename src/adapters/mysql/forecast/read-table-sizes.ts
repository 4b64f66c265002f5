import type { Connection, RowDataPacket } from 'mysql2';
import type { TableDoubt, TableSize } from '../../../core/safety/forecast/table-size.ts';
import { type ServerFlavour, serverFlavour } from '../../server/server-flavour.ts';
import { query } from '../connection/query.ts';

/** The first answer of a tenant's server. */
export interface ServerAnswer {
  readonly flavour: ServerFlavour;
  readonly hasPerformanceSchema: boolean;
  readonly isCaseSensitive: boolean;
  readonly tables: readonly TableSize[];
}

/**
 * Before anything is read. MySQL 8 would give sizes that are up to a day old, and store them in its own tables when it
 * reads them anew; MariaDB ignores the comment. The second setting ends the wait for a table that somebody has locked.
 * The third is a safeguard: nothing of a forecast writes.
 */
const SETTINGS =
  'SET SESSION /*!80000 information_schema_stats_expiry = 0, SESSION */ lock_wait_timeout = 2; SET SESSION TRANSACTION READ ONLY';

const FACTS =
  'SELECT VERSION() AS version, @@version_comment AS comment, @@performance_schema AS performanceSchema, @@lower_case_table_names AS nameCase';

const SIZES = `SELECT TABLE_NAME AS name, TABLE_TYPE AS type, TABLE_ROWS AS tableRows, DATA_LENGTH AS dataLength,
    INDEX_LENGTH AS indexLength, AUTO_INCREMENT AS nextId, CREATE_OPTIONS AS options
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)`;

interface SizeRow extends RowDataPacket {
  readonly name: string;
  readonly type: string;
  readonly tableRows: number | string | null;
  readonly dataLength: number | string | null;
  readonly indexLength: number | string | null;
  readonly nextId: number | string | null;
  readonly options: string | null;
}

/** Reads the server's flavour and the sizes of the named tables in one round trip. */
export async function readTableSizes(
  connection: Connection,
  names: readonly string[],
  timeoutMs: number,
): Promise<ServerAnswer> {
  const asked = names.length === 0 ? [''] : names;
  const answers = await query<RowDataPacket[][]>(
    connection,
    `${SETTINGS}; ${FACTS}; ${SIZES}`,
    [asked],
    timeoutMs,
  );
  const [, , facts = [], sizes = []] = answers;
  const [row] = facts;
  return {
    flavour: serverFlavour(String(row?.version), String(row?.comment)),
    hasPerformanceSchema: Number(row?.performanceSchema) === 1,
    isCaseSensitive: Number(row?.nameCase) === 0,
    tables: (sizes as SizeRow[]).map(sizeOf),
  };
}

function sizeOf(row: SizeRow): TableSize {
  return {
    name: row.name,
    rows: Number(row.tableRows ?? 0),
    dataBytes: Number(row.dataLength ?? 0),
    indexBytes: Number(row.indexLength ?? 0),
    doubt: doubtOf(row),
  };
}

/** A table may have lost most of its rows, so that only a large difference counts. */
const FAR_MORE = 10;
const MANY = 10_000;

function doubtOf({
  type,
  tableRows,
  dataLength,
  nextId,
  options,
}: SizeRow): TableDoubt | undefined {
  if (/VIEW/i.test(type)) return 'view';
  if (dataLength === null || tableRows === null) return 'no statistics';
  if (/row_format=compressed|page_compressed|compression=["']?(?!none)\w/i.test(options ?? '')) {
    return 'compressed';
  }
  return Number(nextId ?? 0) > Number(tableRows) * FAR_MORE + MANY ? 'old statistics' : undefined;
}
