import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  builtInFunctions,
  NEEDS_BRACKET_AT_ONCE,
  NEVER_CALLED,
} from '../../../src/adapters/mysql/sql/built-in-functions.ts';
import { isKeyword } from '../../../src/adapters/mysql/sql/keywords.ts';
import { createDatabase } from '../../support/database.ts';
import { testServer } from '../../support/server.ts';

/** The result of the test's stored functions, which no built-in function returns. */
const STORED = 4711;

/** Arguments that are tried in order for functions without special needs. */
const ARGUMENTS = [
  '',
  '1',
  "'a'",
  "'a', 'b'",
  '1, 2',
  "'a', 1",
  "'2026-01-02', 1",
  '1, 2, 3',
  "'a', 1, 2",
  "'a', 'b', 'c'",
  "'[1]'",
  "'{}', '$'",
  "'[1]', '$[0]', 1",
  "'[1]', 'one', '$[0]'",
  "'a', 1, 'b'",
  "'a', 1, 1, 'b'",
  "'+00:00', 1",
  "'2026-01-02', '2026-01-03'",
  "'10:00:00', '01:00:00'",
  'g',
  'g, g',
  'g, 1',
  "'POINT(1 1)'",
  'ST_AsBinary(g)',
  '\'{"type":"Point","coordinates":[1,1]}\'',
  'l',
  'l, 1',
  'y',
  'y, 1',
  'm',
  'm, 1',
  'c',
  'c, 1',
  "'2026-01-02', '+00:00', '+01:00'",
  "'a', 'a', 'b', 'c'",
  "'LINESTRING(0 0, 1 1)'",
  "'POLYGON((0 0, 1 0, 1 1, 0 0))'",
  "'MULTILINESTRING((0 0, 1 1))'",
  "'MULTIPOINT(0 0, 1 1)'",
  "'MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))'",
  "'GEOMETRYCOLLECTION(POINT(1 1))'",
  'ST_AsBinary(l)',
  'ST_AsBinary(y)',
  'ST_AsBinary(m)',
  'ST_AsBinary(c)',
  'ST_AsBinary(ml)',
  'ST_AsBinary(mp)',
  'ml',
  'ml, ml',
  'g, g, g, g',
  'y, y',
  'l, l',
  "g, 'x'",
  'ml, l',
  'y, y, y',
];

/** Calls of functions with a special grammar or special needs. */
const CALLS: Readonly<Record<string, string>> = {
  adddate: "ADDDATE('2026-01-02', INTERVAL 1 DAY)",
  cast: "CAST('1' AS SIGNED)",
  convert: "CONVERT('a' USING utf8mb4)",
  cume_dist: 'CUME_DIST() OVER (ORDER BY n)',
  date_add: "DATE_ADD('2026-01-02', INTERVAL 1 DAY)",
  date_sub: "DATE_SUB('2026-01-02', INTERVAL 1 DAY)",
  default: 'DEFAULT(n)',
  dense_rank: 'DENSE_RANK() OVER (ORDER BY n)',
  extract: "EXTRACT(DAY FROM '2026-01-02')",
  extractvalue: "EXTRACTVALUE('<a>1</a>', '/a')",
  first_value: 'FIRST_VALUE(n) OVER (ORDER BY n)',
  get_format: "GET_FORMAT(DATE, 'EUR')",
  get_lock: "GET_LOCK('fanfold functions', 0)",
  grouping: 'n, GROUPING(n) AS g2',
  interval: 'INTERVAL(1, 2, 3)',
  lag: 'LAG(n) OVER (ORDER BY n)',
  lead: 'LEAD(n) OVER (ORDER BY n)',
  load_file: "LOAD_FILE('/does/not/exist')",
  master_pos_wait: 'NULL',
  match: "MATCH (a) AGAINST ('b')",
  median: 'MEDIAN(n) OVER (PARTITION BY n)',
  nth_value: 'NTH_VALUE(n, 1) OVER (ORDER BY n)',
  ntile: 'NTILE(2) OVER (ORDER BY n)',
  percent_rank: 'PERCENT_RANK() OVER (ORDER BY n)',
  position: "POSITION('a' IN 'ba')",
  rank: 'RANK() OVER (ORDER BY n)',
  row_number: 'ROW_NUMBER() OVER (ORDER BY n)',
  sleep: 'SLEEP(0)',
  subdate: "SUBDATE('2026-01-02', INTERVAL 1 DAY)",
  timestampadd: "TIMESTAMPADD(DAY, 1, '2026-01-02')",
  timestampdiff: "TIMESTAMPDIFF(DAY, '2026-01-02', '2026-01-03')",
  trim: "TRIM('a ')",
  updatexml: "UPDATEXML('<a>1</a>', '/a', '<b/>')",
  values: 'NULL',
  weight_string: "HEX(WEIGHT_STRING('a'))",
  column_check: "COLUMN_CHECK(COLUMN_CREATE('a', 1))",
  column_exists: "COLUMN_EXISTS(COLUMN_CREATE('a', 1), 'a')",
  column_json: "COLUMN_JSON(COLUMN_CREATE('a', 1))",
  column_list: "COLUMN_LIST(COLUMN_CREATE('a', 1))",
  last_value: 'LAST_VALUE(n) OVER (ORDER BY n)',
  bin_to_uuid: 'BIN_TO_UUID(UUID_TO_BIN(UUID()))',
  uuid_to_bin: 'HEX(UUID_TO_BIN(UUID()))',
  gtid_subset:
    "GTID_SUBSET('3E11FA47-71CA-11E1-9E33-C80AA9429562:1', '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5')",
  gtid_subtract:
    "GTID_SUBTRACT('3E11FA47-71CA-11E1-9E33-C80AA9429562:1', '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5')",
  json_contains: "JSON_CONTAINS('[1]', '1')",
  json_merge: "JSON_MERGE('[1]', '[2]')",
  json_merge_patch: "JSON_MERGE_PATCH('{}', '{}')",
  json_merge_preserve: "JSON_MERGE_PRESERVE('[1]', '[2]')",
  json_overlaps: "JSON_OVERLAPS('[1]', '[2]')",
  json_remove: "JSON_REMOVE('[1]', '$[0]')",
  json_schema_valid: "JSON_SCHEMA_VALID('{}', '{}')",
  json_schema_validation_report: "JSON_SCHEMA_VALIDATION_REPORT('{}', '{}')",
  polygon: 'ST_AsText(POLYGON(LINESTRING(POINT(0, 0), POINT(1, 0), POINT(1, 1), POINT(0, 0))))',
  st_latfromgeohash: "ST_LATFROMGEOHASH('tb4x')",
  st_latitude: "ST_LATITUDE(ST_GeomFromText('POINT(1 1)', 4326))",
  st_longfromgeohash: "ST_LONGFROMGEOHASH('tb4x')",
  st_longitude: "ST_LONGITUDE(ST_GeomFromText('POINT(1 1)', 4326))",
  st_pointfromgeohash: "ST_AsText(ST_POINTFROMGEOHASH('tb4x', 0))",
  statement_digest: "STATEMENT_DIGEST('SELECT 1')",
  statement_digest_text: "STATEMENT_DIGEST_TEXT('SELECT 1')",
};

/** Functions of the servers that are in no list, so their calls count as unknown, with the reason. */
const LEFT_OUT: readonly (readonly [why: string, names: RegExp])[] = [
  [
    'newer than MariaDB 10.6',
    /^(?:crc32c|format_bytes|format_pico_time|json_(?:array_intersect|equals|key_value|normalize|object_filter_keys|object_to_array|overlaps|schema_valid)|kdf|natural_sort_key|random_bytes|sformat|uuid_v[47]|vec_\w+)$/,
  ],
  [
    'newer than MySQL 8.0',
    /^(?:string_to_vector|vector_dim|vector_to_string|distance|st_(?:buffer_strategy|collect|frechetdistance|hausdorffdistance|lineinterpolatepoints?|pointatdistance))$/,
  ],
  ['only for the views of information_schema', /^(?:internal_|can_access_|get_dd_|is_visible_dd_)/],
  ['loaded, or no longer built in', /^(?:asymmetric_|create_asymmetric_|create_digest|md5|sha1)/],
  ['of the sql_mode ORACLE, under another name', /_oracle$/],
  [
    'about replication and accounts, which no migration is',
    /^(?:binlog_gtid_pos|master_gtid_wait|wsrep_\w+|roles_graphml|source_pos_wait|wait_for_executed_gtid_set)$/,
  ],
  ['words of the grammar that are not called', /^(?:regexp|schemas|decode_histogram)$/],
  ['of the grammar, in a form of its own', /^(?:json_table|percentile_cont|percentile_disc)$/],
];

describe('the list of built-in functions', () => {
  const { flavour } = testServer();
  let connection: Connection;

  beforeAll(async () => {
    const { host, port, user, password } = testServer();
    const { database } = await createDatabase('functions');
    connection = await createConnection({ host, port, user, password, database });
    await connection.query(
      'CREATE TABLE t (n INT DEFAULT 1, a VARCHAR(20), g GEOMETRY, l GEOMETRY, y GEOMETRY, ml GEOMETRY, mp GEOMETRY, m GEOMETRY, c GEOMETRY, FULLTEXT (a)) ENGINE = InnoDB',
    );
    await connection.query(
      "INSERT INTO t VALUES (1, 'b', ST_GeomFromText('POINT(1 1)'), ST_GeomFromText('LINESTRING(0 0, 1 1)'), ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))'), ST_GeomFromText('MULTILINESTRING((0 0, 1 1))'), ST_GeomFromText('MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))'), ST_GeomFromText('MULTIPOINT(0 0, 1 1)'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))'))",
    );
  });
  afterAll(() => connection.destroy());

  /** Whether the server has the function: errors about values count as an answer, unknown names do not. */
  async function runs(call: string): Promise<boolean> {
    const grouping = call.includes('GROUPING') ? ' GROUP BY n WITH ROLLUP' : '';
    try {
      await connection.query(`SELECT ${call} FROM t${grouping}`);
      return true;
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === 1792) throw error;
      return false;
    }
  }

  it('the list of built-in functions contains nothing that writes: each function runs twice in a read-only transaction', {
    timeout: 120_000,
  }, async () => {
    await connection.query('START TRANSACTION READ ONLY');
    const failed: string[] = [];
    for (const name of builtInFunctions(flavour)) {
      const calls = [CALLS[name], ...ARGUMENTS.map((each) => `${name}(${each})`)];
      let ran = false;
      for (const call of calls) {
        if (call === undefined || ran) continue;
        ran = (await runs(call)) && (await runs(call));
      }
      if (!ran) failed.push(name);
    }
    await connection.query('ROLLBACK');
    expect(failed).toEqual([]);
  });

  it('the list of built-in functions contains only names that no stored function can shadow', {
    timeout: 240_000,
  }, async () => {
    expect(await reachingStored(builtInFunctions(flavour), connection)).toEqual([]);
  });

  it('the list of built-in functions has the right words that are never calls', {
    timeout: 240_000,
  }, async () => {
    expect(await reachingStored([...NEVER_CALLED], connection)).toEqual([]);
  });

  it('the list of built-in functions has the right names that need the bracket without a space unless IGNORE_SPACE is set', {
    timeout: 240_000,
  }, async () => {
    await connection.query("SET SESSION sql_mode = ''");
    const apart = builtInFunctions(flavour).filter((name) => !NEEDS_BRACKET_AT_ONCE.has(name));
    expect(await reachingStored(apart, connection, ' ')).toEqual([]);
    await connection.query("SET SESSION sql_mode = 'IGNORE_SPACE'");
    expect(
      await reachingStored(
        [...NEEDS_BRACKET_AT_ONCE].filter((name) => builtInFunctions(flavour).includes(name)),
        connection,
        ' ',
      ),
    ).toEqual([]);
  });

  it('the list of built-in functions contains every function that the server lists, except those excluded for a reason', async () => {
    const sql =
      flavour === 'mariadb'
        ? 'SELECT LOWER(FUNCTION) AS name FROM information_schema.SQL_FUNCTIONS'
        : "SELECT LOWER(REPLACE(REPLACE(help_topic.name, ' FUNCTION', ''), '()', '')) AS name FROM mysql.help_topic JOIN mysql.help_category USING (help_category_id) WHERE help_category.name LIKE '%unction%' AND help_topic.name REGEXP '^[A-Z_0-9]+( FUNCTION|[(][)])?$'";
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    const known = new Set(builtInFunctions(flavour));
    const missing = rows
      .map(({ name }) => String(name))
      .filter(
        (name) =>
          !known.has(name) &&
          !NEVER_CALLED.has(name) &&
          !LEFT_OUT.some(([, names]) => names.test(name)),
      );
    expect(missing.sort()).toEqual([]);
  });

  it("the list of built-in functions comes with a list of keywords that contains all of the server's", async () => {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT WORD AS word FROM information_schema.KEYWORDS',
    );
    expect(rows.length).toBeGreaterThan(600);
    expect(
      rows.map(({ word }) => String(word)).filter((word) => /^\w+$/.test(word) && !isKeyword(word)),
    ).toEqual([]);
  });
});

/** The names with which a stored function can be called, without quotes and with the given text before the bracket. */
async function reachingStored(
  names: readonly string[],
  connection: Connection,
  gap = '',
): Promise<string[]> {
  const reached: string[] = [];
  for (const name of names) {
    // The server checks the gap before the arguments.
    for (const count of gap === '' ? [0, 1, 2] : [1]) {
      const parameters = ['a INT', 'b INT'].slice(0, count).join(', ');
      await connection.query(`DROP FUNCTION IF EXISTS \`${name}\``);
      await connection.query(
        `CREATE FUNCTION \`${name}\`(${parameters}) RETURNS INT DETERMINISTIC RETURN ${STORED}`,
      );
      const call = `SELECT ${name}${gap}(${['1', '1'].slice(0, count).join(', ')}) AS value`;
      const [rows] = await connection.query<RowDataPacket[]>(call).catch(() => [[]]);
      if (rows.some((row) => row.value === STORED)) reached.push(`${name}/${count}`);
    }
    await connection.query(`DROP FUNCTION IF EXISTS \`${name}\``);
  }
  return reached;
}
