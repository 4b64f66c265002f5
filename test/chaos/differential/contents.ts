import { createHash } from 'node:crypto';
import type { Row, ServerKind } from './chaos-server.ts';

/** All that a database holds, by the name of what it is: definitions, rows, counters, rights. */
export type Contents = ReadonlyMap<string, string>;

/** Sends several statements in one packet; the rows of each. */
export type Ask = (sql: string) => Promise<Row[][]>;

export interface ContentsOptions {
  readonly kind: ServerKind;
  /** Texts that differ from database to database, and what stands for them. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** Columns, as `table.column`, that are random under plain Knex too. */
  readonly random?: readonly string[];
}

/** Tables of our own and of Knex, of which only a part can be equal. */
const PARTS: Readonly<Record<string, string>> = {
  // Its time is the time of the run.
  knex_migrations: 'id, name, batch',
};

/** A value longer than this is compared by its hash. */
const SHOWN_LENGTH = 200;

/**
 * Reads all that a migration can have made in a database: tables with definition, rows and counter,
 * views, routines, triggers, events, sequences, the defaults and the rights on any of it. Left out are
 * the time of a record of Knex, the time at which an event was made, and the random columns of a case.
 */
export async function contentsOf(
  ask: Ask,
  database: string,
  { kind, renamed = new Map(), random = [] }: ContentsOptions,
): Promise<Contents> {
  const schema = `'${database}'`;
  const inDatabase = (name: unknown) => `\`${database}\`.\`${String(name)}\``;
  const [tables = [], routines = [], triggers = [], events = [], itself = [], ...rights] =
    await ask(
      [
        `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${schema} ORDER BY 1`,
        `SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${schema} ORDER BY 2, 1`,
        `SELECT TRIGGER_NAME AS name, ACTION_ORDER AS place FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${schema} ORDER BY 1`,
        // MariaDB 10.11.19 was seen to crash (signal 11) in information_schema.EVENTS under many sessions.
        kind === 'mariadb'
          ? `SELECT name FROM mysql.event WHERE db = ${schema} ORDER BY 1`
          : `SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${schema} ORDER BY 1`,
        `SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${schema}`,
        `SELECT Host, User, Table_name, Table_priv, Column_priv FROM mysql.tables_priv WHERE Db = ${schema} ORDER BY 1, 2, 3`,
        `SELECT Host, User, Table_name, Column_name, Column_priv FROM mysql.columns_priv WHERE Db = ${schema} ORDER BY 1, 2, 3, 4`,
        `SELECT Host, User, Routine_name, Routine_type, Proc_priv FROM mysql.procs_priv WHERE Db = ${schema} ORDER BY 1, 2, 3`,
        `SELECT * FROM mysql.db WHERE Db = ${schema} ORDER BY Host, User`,
      ].join(';\n'),
    );
  const wanted: { what: string; sql: string; read: (rows: readonly Row[]) => unknown }[] = [];
  const want = (what: string, sql: string, read: (rows: readonly Row[]) => unknown) =>
    wanted.push({ what, sql, read });
  for (const { name, type } of tables) {
    const table = String(name);
    const isView = /VIEW/.test(String(type));
    want(`definition of ${table}`, `SHOW CREATE TABLE ${inDatabase(table)}`, ([row = {}]) =>
      isView ? row['Create View'] : row['Create Table'],
    );
    if (isView) continue;
    if (table === 'fanfold_journal') {
      want(
        `rows of ${table}`,
        `SELECT migration, number, checksum FROM ${inDatabase(table)}`,
        linesOf,
      );
      continue;
    }
    want(`rows of ${table}`, `SELECT ${PARTS[table] ?? '*'} FROM ${inDatabase(table)}`, (rows) =>
      linesOf(rows.map((row) => withoutRandom(row, table, random))),
    );
  }
  for (const { name, type } of routines) {
    want(`${type} ${name}`, `SHOW CREATE ${type} ${inDatabase(name)}`, definitionOf);
  }
  for (const { name, place } of triggers) {
    want(`TRIGGER ${name}`, `SHOW CREATE TRIGGER ${inDatabase(name)}`, ([row = {}]) => [
      place,
      row['SQL Original Statement'],
      row.sql_mode,
    ]);
  }
  for (const { name } of events) {
    want(`EVENT ${name}`, `SHOW CREATE EVENT ${inDatabase(name)}`, (rows) =>
      String(definitionOf(rows)).replace(/ (STARTS|AT) '[^']*'/g, ' $1 (time)'),
    );
  }
  const found = wanted.length === 0 ? [] : await ask(wanted.map(({ sql }) => sql).join(';\n'));
  const contents = new Map<string, string>();
  const put = (what: string, value: unknown) => {
    let text = typeof value === 'string' ? value : JSON.stringify(value);
    for (const [from, to] of renamed) text = text.replaceAll(from, to);
    contents.set(what, text);
  };
  for (const [index, { what, read }] of wanted.entries()) put(what, read(found[index] ?? []));
  put('defaults', itself);
  for (const [index, rows] of rights.entries()) put(`rights ${index}`, rows);
  return contents;
}

/** The `SHOW CREATE` of a routine or an event, with the mode in which it was made. */
function definitionOf([row = {}]: readonly Row[]): unknown {
  const text = Object.entries(row).find(([key]) => key.startsWith('Create '))?.[1];
  return `${text} -- ${row.sql_mode}`;
}

function linesOf(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row, shorten)).sort();
}

function shorten(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= SHOWN_LENGTH) return value;
  return `${value.slice(0, 20)}… ${value.length}, ${createHash('sha1').update(value).digest('hex')}`;
}

function withoutRandom(row: Row, table: string, random: readonly string[]): Row {
  const left = random.filter((column) => column.startsWith(`${table}.`));
  if (left.length === 0) return row;
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) =>
      left.includes(`${table}.${column}`)
        ? [column, value === null ? null : '(random)']
        : [column, value],
    ),
  );
}

/** The differences, each with the expected and the actual value. */
export function differencesOf(wanted: Contents, found: Contents): string[] {
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names]
    .filter((name) => wanted.get(name) !== found.get(name))
    .map(
      (name) =>
        `${name}: wanted ${shown(wanted, found, name)}, found ${shown(found, wanted, name)}`,
    );
}

/** The part of a text that is not in the other one, with a little before it. */
function shown(of: Contents, other: Contents, name: string): string {
  const text = of.get(name);
  if (text === undefined) return 'nothing';
  const beside = other.get(name) ?? '';
  let start = 0;
  while (start < text.length && text[start] === beside[start]) start++;
  return text.slice(Math.max(0, start - 60), start + 240);
}
