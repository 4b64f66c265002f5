import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Bundle } from '../../../../src/core/bundle/bundle.ts';
import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import { pointsOf, say } from '../../../chaos/support/form.ts';
import { type CuttingProxy, MOMENTS, startCuttingProxy } from '../../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type MigratingOptions, migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 300_000 });

const isMariaDb = testServer().flavour === 'mariadb';

/** Every type of column, without its name. */
const TYPES: readonly string[] = [
  'TINYINT UNSIGNED',
  'INT',
  'BIGINT',
  'DECIMAL(12,4)',
  'DOUBLE',
  'FLOAT',
  'VARCHAR(60) CHARACTER SET latin1',
  'CHAR(4) NOT NULL DEFAULT "none"',
  'TEXT',
  'LONGTEXT COLLATE utf8mb4_bin',
  'VARBINARY(20)',
  'BINARY(3)',
  'BLOB',
  'BIT(9)',
  "ENUM('a','b','c')",
  "SET('x','y','z')",
  'JSON',
  'DATE',
  'TIME(3)',
  'DATETIME(6)',
  'TIMESTAMP(3) NULL DEFAULT NULL',
  'YEAR',
  'POINT',
];
const COLUMNS = TYPES.map((type, index) => ({ name: `c${index}`, type }));
const NAMES = COLUMNS.map(({ name }) => name).join(', ');
const DEFINITIONS = COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ');

const SEED = `
  CREATE TABLE plain (id INT NOT NULL AUTO_INCREMENT, part VARCHAR(20) NOT NULL, ${DEFINITIONS},
    touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    doubled VARCHAR(42) AS (CONCAT(part, part)) VIRTUAL, PRIMARY KEY (id, part), KEY (c1)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
  INSERT INTO plain (part, ${NAMES}) VALUES
    ('low', 0, -2147483648, -9223372036854775808, -99999999.9999, 1e-300, -1.5, '', '', '', '', '', 'a', '', b'0', 'a', '', '{}', '1000-01-01', '-838:59:59', '1000-01-01 00:00:00', '1971-01-02 00:00:01', 1901, POINT(0, 0)),
    ('HIGH', 255, 2147483647, 9223372036854775807, 99999999.9999, 1.7976931348623157e308, 1e30, 'Größe', 'ab', REPEAT('ü', 5000), '🚀', X'00FF00', 'abc', X'00', b'111111111', 'c', 'x,y,z', '{"a":[1,{"b":null}]}', '9999-12-31', '838:59:59', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', 2155, POINT(1.5, -2.25));
  INSERT INTO plain (part, c7) VALUES ('none', 'x');
  UPDATE plain SET touched = '2020-01-01 00:00:00';
  CREATE TABLE gone LIKE plain;
  INSERT INTO gone (id, part, ${NAMES}, touched) SELECT id + 40, part, ${NAMES}, touched FROM plain;
`;

const ID = '20260102000000_drop';
const FIRST = migration('20260101000000_first', () => Promise.resolve());
const SECOND = migration(
  ID,
  async (knex: Knex) => {
    await knex.raw(
      `ALTER TABLE plain ${COLUMNS.map(({ name }) => `DROP COLUMN ${name}`).join(', ')}`,
    );
    await knex.schema.dropTable('gone');
    await knex.raw('DROP TABLE IF EXISTS never_there');
    await knex.raw('CREATE TABLE scratch_table (id INT)');
    await knex.raw('DROP TABLE scratch_table');
  },
  {
    down: async (knex: Knex) => {
      await knex.raw(`CREATE TABLE gone (id INT NOT NULL AUTO_INCREMENT, part VARCHAR(20) NOT NULL, ${DEFINITIONS},
        touched TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        doubled VARCHAR(42) AS (CONCAT(part, part)) VIRTUAL, PRIMARY KEY (id, part), KEY (c1)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
      let after = 'part';
      for (const { name, type } of COLUMNS) {
        await knex.raw(`ALTER TABLE plain ADD COLUMN ${name} ${type} AFTER ${after}`);
        after = name;
      }
      await knex.raw('ALTER TABLE plain ADD KEY c1 (c1)');
    },
  },
);
const BOTH = bundle(FIRST, SECOND);
const SAFETY = { keep: true } as const;

async function seeded(): Promise<TestDatabase> {
  const database = await createDatabase('keep');
  const connection = await database.multiConnection();
  await connection.query(SEED);
  await database.closeConnections();
  await migrate(database, bundle(FIRST));
  return database;
}

/** All rows of both tables; `undefined` for one that is not there. */
async function contents(database: TestDatabase): Promise<string> {
  const rows: unknown[] = [];
  for (const table of ['plain', 'gone']) {
    const [there] = await database.query(`SHOW TABLES LIKE '${table}'`);
    if (there === undefined) rows.push(table);
    else {
      const [shown] = await database.query(`SHOW CREATE TABLE ${table}`);
      rows.push(String(shown?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, ''));
      rows.push(await database.query(`SELECT * FROM ${table} ORDER BY id, part`));
    }
  }
  return JSON.stringify(rows);
}

function rollBack(
  database: Parameters<typeof migrate>[0],
  all: Bundle,
  options: MigratingOptions = {},
) {
  return migrate(database, all, { command: 'rollback', steps: 1, runId: 'back', ...options });
}

function codesOf(attempt: Attempt): string[] {
  return (attempt.notes ?? []).map(({ code }) => code);
}

describe('dropped tables and columns', () => {
  it('come back row for row with a rollback, in every type of column', async () => {
    const database = await seeded();
    const before = await contents(database);
    expect(await migrate(database, BOTH, { safety: SAFETY, runId: 'up' })).toMatchObject({
      status: 'migrated',
    });
    expect(await contents(database)).not.toBe(before);
    const kept = await database.query(
      'SELECT of_table, migration, run_id, row_count, restored_at FROM fanfold_kept ORDER BY of_table',
    );
    expect(kept).toEqual(
      ['gone', 'plain'].map((table) => ({
        of_table: table,
        migration: ID,
        run_id: 'up',
        row_count: 3,
        restored_at: null,
      })),
    );
    const attempt = await rollBack(database, BOTH);
    expect(attempt).toMatchObject({ status: 'reverted' });
    expect(codesOf(attempt)).toEqual(['KeptRestored', 'KeptRestored']);
    expect(await contents(database)).toBe(before);
    const left = await database.query('SELECT 1 FROM fanfold_kept WHERE restored_at IS NULL');
    expect(left).toEqual([]);
    // And once more: the values are kept anew.
    await migrate(database, BOTH, { safety: SAFETY, runId: 'again' });
    await rollBack(database, BOTH, { runId: 'back-again' });
    expect(await contents(database)).toBe(before);
  });

  it('are gone without keep', async () => {
    const database = await seeded();
    await migrate(database, BOTH, {});
    expect(codesOf(await rollBack(database, BOTH))).toEqual([]);
    expect(await database.query('SELECT 1 FROM gone')).toEqual([]);
  });

  it('have rows that were written since: they keep what down gave them', async () => {
    const database = await seeded();
    await migrate(database, BOTH, { safety: SAFETY });
    await database.query("INSERT INTO plain (part) VALUES ('new')");
    await database.query("DELETE FROM plain WHERE part = 'none'");
    expect(await rollBack(database, BOTH)).toMatchObject({ status: 'reverted' });
    expect(
      await database.query("SELECT c1, c7 FROM plain WHERE part IN ('new', 'HIGH') ORDER BY part"),
    ).toEqual([
      { c1: 2147483647, c7: 'ab' },
      { c1: null, c7: 'none' },
    ]);
  });
});

describe('what cannot be kept exactly', () => {
  it.each([
    [
      'foreign keys',
      'CREATE TABLE parent (id INT PRIMARY KEY); CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id));',
      'DROP TABLE child',
      /foreign keys/,
    ],
    [
      'a trigger',
      'CREATE TRIGGER log_it BEFORE INSERT ON gone FOR EACH ROW SET NEW.c1 = 1;',
      'DROP TABLE gone',
      /triggers \(log_it\)/,
    ],
    [
      'no primary key',
      'CREATE TABLE keyless (a INT, b INT); INSERT INTO keyless VALUES (1, 2);',
      'ALTER TABLE keyless DROP COLUMN b',
      /no primary key/,
    ],
    [
      'its key',
      'CREATE TABLE keyed (a INT PRIMARY KEY, b INT);',
      'ALTER TABLE keyed DROP COLUMN a',
      /primary key is among them/,
    ],
    [
      'partitions',
      'CREATE TABLE parts (a INT PRIMARY KEY) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);',
      'ALTER TABLE parts DROP PARTITION p1',
      /nothing shows it/,
    ],
  ])('%s: refused before anything is dropped', async (_, sql, drop, reason) => {
    const database = await seeded();
    const connection = await database.multiConnection();
    if (sql.includes('TRIGGER') && !isMariaDb)
      await database.grant('SYSTEM_VARIABLES_ADMIN ON *.*');
    await connection.query(sql).catch((error: { errno: number }) => {
      // A server with a binary log takes no triggers of such a user.
      if (error.errno !== 1419) throw error;
    });
    const triggers = await database.query('SHOW TRIGGERS');
    if (sql.includes('TRIGGER') && triggers.length === 0) return;
    const all = bundle(
      FIRST,
      migration(ID, (knex) => knex.raw(drop)),
    );
    const attempt = await migrate(database, all, { safety: SAFETY });
    if (attempt.status !== 'failed') throw new Error(attempt.status);
    expect(attempt.failure).toMatchObject({ code: 'CannotBeKept', retryable: false });
    expect(attempt.failure.message).toMatch(reason);
    expect(attempt.failure.message).toMatch(/Nothing was dropped\.$/);
    expect(await database.query("SHOW TABLES LIKE 'fanfold\\_kept\\_%'")).toEqual([]);
    // The migration alone gives the values up, with a reason.
    const own = bundle(
      FIRST,
      migration(ID, (knex) => knex.raw(drop), { safety: { keep: false, why: 'no use' } }),
    );
    expect(await migrate(database, own, { safety: SAFETY })).toMatchObject({ status: 'migrated' });
  });

  it('a table that down makes with another definition stays kept, with a note', async () => {
    const database = await seeded();
    const other = migration(ID, (knex) => knex.schema.dropTable('gone'), {
      down: (knex) => knex.raw('CREATE TABLE gone (id INT PRIMARY KEY)'),
    });
    const all = bundle(FIRST, other);
    await migrate(database, all, { safety: SAFETY });
    const attempt = await rollBack(database, all);
    expect(attempt).toMatchObject({ status: 'reverted' });
    expect(codesOf(attempt)).toEqual(['KeptNotRestored']);
    const [{ name } = {}] = await database.query(
      'SELECT name FROM fanfold_kept WHERE restored_at IS NULL',
    );
    expect(await database.query(`SELECT COUNT(*) AS count FROM \`${name}\``)).toEqual([
      { count: 3 },
    ]);
  });
});

describe('a connection that is cut', () => {
  let proxy: CuttingProxy;
  beforeAll(async () => {
    proxy = await startCuttingProxy(testServer());
  });
  afterAll(() => proxy.close());

  it.each(['up', 'down'] as const)('at any packet of %s leaves nothing lost', async (direction) => {
    const sample = await seeded();
    const through = (database: TestDatabase) => ({
      ...database,
      host: '127.0.0.1',
      port: proxy.port,
    });
    proxy.strikeAt(undefined);
    const up = (database: Parameters<typeof migrate>[0], runId: string) =>
      migrate(database, BOTH, { safety: SAFETY, runId, fenceWaitSeconds: 10 });
    if (direction === 'down') await up(sample, 'up');
    proxy.strikeAt(undefined);
    const run = direction === 'up' ? up(through(sample), 'up') : rollBack(through(sample), BOTH);
    await run;
    const packets = Array.from({ length: proxy.queries() }, (_, index) => index + 1);
    expect(packets.length).toBeGreaterThan(20);
    const points = packets.flatMap((query) => MOMENTS.map((moment) => ({ query, moment })));
    const wrong: string[] = [];
    const tried = pointsOf(points, 5);
    for (const strike of tried) {
      const database = await seeded();
      const before = await contents(database);
      if (direction === 'down') await up(database, 'up');
      proxy.strikeAt(strike);
      if (direction === 'up') {
        await up(through(database), 'up');
        const second = await up(database, 'retry');
        if (second.status === 'failed')
          wrong.push(`${JSON.stringify(strike)}: ${second.failure.message}`);
      } else await rollBack(through(database), BOTH);
      const options = { runId: 'retry-back', stepsOf: 'back', fenceWaitSeconds: 10 };
      const back = await rollBack(database, BOTH, options);
      if (back.status === 'failed')
        wrong.push(`${JSON.stringify(strike)}: ${back.failure.message}`);
      else if ((await contents(database)) !== before)
        wrong.push(`${JSON.stringify(strike)}: other rows`);
      await database.drop();
    }
    say(`Cut at ${tried.length} of ${points.length} points of ${direction}.`);
    expect(wrong).toEqual([]);
  });
});
