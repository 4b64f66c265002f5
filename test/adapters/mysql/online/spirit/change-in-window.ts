import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type TestDatabase } from '../../../../support/database.ts';
import { migrate } from '../../../../support/migrating.ts';
import { bundle, migration } from '../../../../support/migrations.ts';
import { meansOf, PATHS } from '../../../../support/online-programs.ts';

const ROWS = 300;
const ADDED = 60;
const COPY = 'ALTER TABLE tasks MODIFY n BIGINT';

/**
 * Stops Spirit once it says a word, and lets it go on when the file `go` is there. What is written meanwhile comes to
 * the copy from the binary log alone, if the word is that the comparison begins: its snapshot is taken.
 */
const script = (word: string, folder: string) => `#!/bin/sh
case "$*" in *--help*) exec ${PATHS.Spirit} "$@";; esac
[ -e ${folder}/lines ] || mkfifo ${folder}/lines
${PATHS.Spirit} "$@" >${folder}/lines 2>&1 & pid=$!
trap 'kill $pid' TERM
while IFS= read -r line; do
  case "$line" in *"${word}"*)
    if [ ! -e ${folder}/go ]; then
      kill -STOP $pid; : >${folder}/stopped
      while [ ! -e ${folder}/go ]; do sleep 0.05; done
      kill -CONT $pid
    fi;;
  esac
  printf '%s\\n' "$line"
done <${folder}/lines
wait $pid`;

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Facts that make the table of a test, which has `pos`, `n` and `note` as well, and a twin of it. */
export interface WindowTable {
  /** Definitions of further columns, with the primary key's. */
  readonly definitions: string;
  readonly key: string;
  /** Names of the columns that get a value, with commas. */
  readonly into: string;
  /** Their values in row `i`, with commas. */
  readonly values: string;
}

/** Has Spirit change a table while it is stopped after its comparison and rows are written, and compares it with a twin. */
export async function changeInWindow({ definitions, key, into, values }: WindowTable) {
  const all = `${into}, pos, n, note`;
  const rows = (from: number, to: number) =>
    `WITH RECURSIVE s AS (SELECT ${from} AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${to}) SELECT ${values}, i, i, 'row' FROM s`;
  const database = await createDatabase('window');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (${definitions}, pos INT, n INT, note VARCHAR(40), PRIMARY KEY (${key}), KEY (pos)) CHARSET utf8mb4;
    INSERT INTO tasks (${all}) ${rows(1, ROWS)};
    CREATE TABLE twin LIKE tasks;
    INSERT INTO twin (${all}) SELECT ${all} FROM tasks;`);
  const attempt = await stoppedAt('table unlocked, starting checksum', database, COPY, async () => {
    for (const table of ['tasks', 'twin'])
      await connection.query(`
        UPDATE ${table} SET note = 'changed', n = n + 1 WHERE pos % 7 = 3;
        DELETE FROM ${table} WHERE pos % 7 = 5;
        INSERT INTO ${table} (${all}) ${rows(ROWS + 1, ROWS + ADDED)};`);
  });
  return { database, attempt };
}

/** Migrates with Spirit, and does something while it is stopped because of a word that it says. */
export async function stoppedAt(
  word: string,
  database: TestDatabase,
  sql: string,
  meanwhile: () => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-window-'));
  try {
    const program = join(folder, 'spirit');
    await writeFile(program, script(word, folder));
    await chmod(program, 0o700);
    const running = migrate(
      database,
      bundle(migration('20260101000000_widen', (knex) => knex.raw(sql))),
      { safety: { onlineChange: 'external' }, online: meansOf('Spirit', program) },
    );
    let isOver = false;
    void running.finally(() => {
      isOver = true;
    });
    while (!isOver && !(await isThere(join(folder, 'stopped')))) await sleep(20);
    if (!isOver) await meanwhile();
    await writeFile(join(folder, 'go'), '');
    return await running;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The rows of a table as a checksum of every column, bit by bit. */
export async function rowsOf(database: TestDatabase, table: string): Promise<string> {
  const columns = await database.query(
    'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
    [table],
  );
  const all = columns.map(({ name }) => `IFNULL(HEX(CAST(${name} AS BINARY)), 'NULL')`).join(', ');
  const [row] = await database.query(
    `SELECT COUNT(*) AS count, BIT_XOR(CRC32(CONCAT_WS('#', ${all}))) AS crc FROM ${table}`,
  );
  return `${row?.count} rows with ${row?.crc}`;
}
