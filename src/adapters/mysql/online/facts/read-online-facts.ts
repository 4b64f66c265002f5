import type { Connection, RowDataPacket } from 'mysql2';
import type { ProgramName } from '../../../../core/safety/online/online-program.ts';
import type { OnlineFacts } from '../../../../core/safety/online/why-not-online.ts';
import { ERRNO } from '../../../server/errno.ts';
import { isServerError } from '../../../server/server-error.ts';
import { query } from '../../connection/query.ts';
import { readServerFlavour } from '../../connection/read-server-flavour.ts';
import { MARKERS } from '../work/spirit-work.ts';
import { missingRights } from './missing-rights.ts';

const SERVER = `SELECT @@log_bin AS log, @@binlog_format AS format, @@binlog_row_image AS image,
  @@binlog_row_value_options AS options, @@global.binlog_transaction_compression AS compression, @@read_only + @@super_read_only AS readOnly`;
const TABLE =
  'SELECT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?';
const COLUMNS =
  'SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_KEY AS isKey, CHARACTER_SET_NAME AS characterSet FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?';
const INDEXES =
  'SELECT DISTINCT INDEX_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?';
const FOREIGN_KEYS = `SELECT DISTINCT CONCAT(TABLE_NAME, '.', CONSTRAINT_NAME) AS name FROM information_schema.KEY_COLUMN_USAGE
  WHERE REFERENCED_TABLE_NAME IS NOT NULL AND (TABLE_SCHEMA = ? AND TABLE_NAME = ? OR REFERENCED_TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME = ?)`;
const TRIGGERS =
  'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?';

const CHECKS = `SELECT CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_TYPE = 'CHECK'`;

/** gh-ost reads all three tables. Without a row, performance_schema is off. */
const METADATA_LOCKS = `SELECT ENABLED = 'YES' AND TIMED = 'YES' AS isOn,
  (SELECT COUNT(*) FROM performance_schema.metadata_locks WHERE FALSE) + (SELECT COUNT(*) FROM performance_schema.threads WHERE FALSE) AS none
  FROM performance_schema.setup_instruments WHERE NAME = 'wait/lock/metadata/sql/mdl'`;
/** Tables of gh-ost and Spirit under their own names, unless Fanfold started that; pt-online-schema-change has triggers. */
const OTHERS = `SELECT TABLE_NAME AS name FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = ? AND (TABLE_NAME IN (?) OR TABLE_NAME = ? AND NOT EXISTS (${MARKERS}))`;

/** The facts that decide whether a program can change the table. Only reads. */
export async function readOnlineFacts(
  connection: Connection,
  database: string,
  table: string,
): Promise<OnlineFacts> {
  const { isMariaDb } = await readServerFlavour(connection);
  if (isMariaDb) return ON_MARIADB;
  const at = [database, table];
  const read = (sql: string, values: readonly unknown[] = at) =>
    query<RowDataPacket[]>(connection, sql, values);
  const names = (rows: readonly RowDataPacket[]) => rows.map(({ name }) => String(name));
  const [server] = await read(SERVER, []);
  const [row] = await read(TABLE);
  const columns = await read(COLUMNS);
  const grants = await read('SHOW GRANTS FOR CURRENT_USER()', []);
  const locks = await readUnlessDenied(() => read(METADATA_LOCKS, []));
  const checks = names(await read(CHECKS));
  const grantTexts = grants.map((grant) => String(Object.values(grant)[0]));
  const lacks = (program: ProgramName) =>
    missingRights(program, grantTexts, database, locks !== undefined);
  const others = [database, [`_${table}_gho`, `_${table}_ghc`], `_${table}_chkpnt`, ...at];
  return {
    isMariaDb,
    names: [database, table, ...names(columns), ...names(await read(INDEXES))],
    missingRights: { Spirit: lacks('Spirit'), 'gh-ost': lacks('gh-ost') },
    hasBinaryLog: Number(server?.log) === 1,
    binlogFormat: String(server?.format),
    binlogRowImage: String(server?.image),
    binlogRowValueOptions: String(server?.options ?? ''),
    compressesBinaryLog: Number(server?.compression) === 1,
    isReadOnly: Number(server?.readOnly) > 0,
    hasMetadataLocks: Number(locks?.[0]?.isOn) === 1,
    engine: row === undefined ? undefined : String(row.engine ?? 'none, as of a view'),
    foreignKeys: names(await read(FOREIGN_KEYS, [...at, ...at])),
    triggers: names(await read(TRIGGERS)),
    // A copy gets the names that the server gives by itself, numbered from 1.
    namedChecks: checks.filter((name) => !givenNames(table, checks.length).has(name)),
    othersWork: names(await read(OTHERS, others)),
    key: columns
      .filter(({ isKey }) => isKey === 'PRI')
      .map(({ name, type, characterSet }) => ({
        name: String(name),
        type: String(type).toLowerCase(),
        characterSet: characterSet === null ? undefined : String(characterSet),
      })),
    types: new Map(columns.map(({ name, type }) => [String(name).toLowerCase(), String(type)])),
  };
}

function givenNames(table: string, count: number): ReadonlySet<string> {
  return new Set(Array.from({ length: count }, (_, index) => `${table}_chk_${index + 1}`));
}

/** The rows; `undefined` if the login may not read the table. */
async function readUnlessDenied(
  read: () => Promise<RowDataPacket[]>,
): Promise<RowDataPacket[] | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isServerError(error) && error.errno === ERRNO.ER_TABLEACCESS_DENIED_ERROR) return undefined;
    throw error;
  }
}

/** Nothing else matters there. */
const ON_MARIADB: OnlineFacts = {
  isMariaDb: true,
  names: [],
  missingRights: { Spirit: [], 'gh-ost': [] },
  hasBinaryLog: false,
  binlogFormat: '',
  binlogRowImage: '',
  binlogRowValueOptions: '',
  compressesBinaryLog: false,
  isReadOnly: false,
  hasMetadataLocks: false,
  engine: undefined,
  foreignKeys: [],
  triggers: [],
  namedChecks: [],
  othersWork: [],
  key: [],
  types: new Map(),
};
