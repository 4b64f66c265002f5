import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { meansOf } from '../../../support/online-programs.ts';

const ROWS = 5_000;

/** Facts that make the tables of a test, each of which has `pos`, `n` and `note` as well. */
export interface TwinTables {
  /** Definitions of further columns and of the primary key. */
  readonly definitions: string;
  /** Names of the columns that get a value, with commas. */
  readonly into: string;
  /** Their values in row `i`, with commas. */
  readonly values: string;
}

/**
 * Makes the same rows in the table `tasks` and in a twin of it, has gh-ost change the table while another session writes
 * the same into both, and returns how the migration ended and how much was written.
 */
export async function changeBesideTwin(name: string, tables: TwinTables) {
  const database = await createDatabase(name);
  await ground(database, tables);
  const stopWriting = keepWriting(database, tables);
  const attempt = await migrate(
    database,
    bundle(
      migration('20260101000000_widen', (knex) => knex.raw('ALTER TABLE tasks MODIFY n BIGINT')),
    ),
    { safety: { onlineChange: 'external' }, online: meansOf('gh-ost') },
  );
  return { database, attempt, writes: await stopWriting() };
}

async function ground(database: TestDatabase, { definitions, into, values }: TwinTables) {
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (${definitions}, pos INT, n INT, note VARCHAR(40), KEY (pos)) CHARSET utf8mb4;
    CREATE TABLE twin LIKE tasks;
    SET cte_max_recursion_depth = ${ROWS};
    INSERT INTO tasks (${into}, pos, n, note) WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${ROWS}) SELECT ${values}, i, i, 'old' FROM s;
    INSERT INTO twin (${into}, pos, n, note) SELECT ${into}, pos, n, note FROM tasks;
  `);
  await database.closeConnections();
}

/** Writes the same into both tables, until it is stopped: new rows, changed ones and dropped ones, by key. */
function keepWriting(database: TestDatabase, { into, values }: TwinTables) {
  let isOver = false;
  let writes = 0;
  const writing = (async () => {
    const connection = await database.connection();
    while (!isOver) {
      const i = Math.ceil(Math.random() * ROWS * 1.1);
      await connection.beginTransaction();
      for (const table of ['tasks', 'twin']) {
        const write = [
          `REPLACE INTO ${table} (${into}, pos, n, note) SELECT ${values}, ${i}, ${writes}, 'new' FROM (SELECT ${i} AS i) AS one`,
          `UPDATE ${table} SET n = ${writes} + 1, note = CONCAT(note, '!') WHERE CHAR_LENGTH(note) < 30 AND pos = ${i}`,
          `DELETE FROM ${table} WHERE pos = ${i}`,
        ][writes % 3];
        await connection.query(write ?? '');
      }
      await connection.commit();
      writes++;
      await sleep(5);
    }
    await connection.end();
  })();
  return async () => {
    isOver = true;
    await writing;
    return writes;
  };
}
