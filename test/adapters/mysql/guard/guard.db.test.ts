import type { Knex } from 'knex';
import { describe, expect, it, vi } from 'vitest';
import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import type { GuardSettings } from '../../../../src/core/safety/guard/guard-settings.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 120_000 });

const { flavour } = testServer();
const GUARD: GuardSettings = { lock: 'none', copyBytes: 0 };
const ID = '20260101000000_change';
const COPY = 'ALTER TABLE tasks MODIFY points BIGINT';

async function ground(): Promise<TestDatabase> {
  const database = await createDatabase('guard');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (id INT PRIMARY KEY, points INT, body TEXT) ENGINE=InnoDB;
    INSERT INTO tasks VALUES (1, 1, 'a'), (2, 2, 'b');
    CREATE TABLE vacant (id INT PRIMARY KEY, points INT) ENGINE=InnoDB;
  `);
  return database;
}

function failureOf(attempt: Attempt) {
  if (attempt.status !== 'failed') throw new Error(`The attempt was ${attempt.status}.`);
  return attempt.failure;
}

async function typeOf(database: TestDatabase, table: string, column = 'points'): Promise<unknown> {
  const [row] = await database.query(
    'SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?',
    [table, column],
  );
  return row?.type;
}

const one = (up: (knex: Knex) => unknown, options = {}) => bundle(migration(ID, up, options));

describe('a guarded statement', () => {
  it('a refused copy names the table, its size, the reason and the next step, and changes nothing', async () => {
    const database = await ground();
    const attempt = await migrate(
      database,
      one((knex) => knex.raw(COPY)),
      { safety: GUARD },
    );
    const failure = failureOf(attempt);
    expect(failure).toMatchObject({
      code: 'WouldCopy',
      retryable: false,
      migration: ID,
      statement: { number: 1, text: 'ALTER TABLE tasks MODIFY points BIGINT' },
    });
    expect(failure.message).toMatch(/table `tasks` \([\d.]+ kB\), and "safety.copyBytes" is 0/);
    expect(failure.message).toMatch(/(MySQL|MariaDB) says: ALGORITHM=INPLACE is not supported/);
    expect(failure.nextStep).toContain("export const safety = { copyBytes: 'any', why: '…' }");
    expect(failure.errno).toBe(1846);
    expect(await typeOf(database, 'tasks')).toBe('int');
    const tables = await database.query('SHOW TABLES LIKE "knex_migrations"');
    if (tables.length > 0)
      expect(await database.query('SELECT * FROM knex_migrations')).toEqual([]);
    // The same migration without the guard, in the next attempt.
    expect(
      await migrate(
        database,
        one((knex) => knex.raw(COPY)),
      ),
    ).toMatchObject({ status: 'migrated' });
    expect(await typeOf(database, 'tasks')).toBe('bigint');
  });

  it('a refused statement keeps those before it, and the next attempt resumes at it', async () => {
    const database = await ground();
    const up = async (knex: Knex) => {
      await knex.raw('ALTER TABLE tasks ADD COLUMN a INT');
      await knex.raw('UPDATE tasks SET a = 1');
      await knex.raw(COPY);
      await knex.raw('ALTER TABLE tasks ADD COLUMN b INT');
    };
    const failure = failureOf(await migrate(database, one(up), { safety: GUARD }));
    expect(failure).toMatchObject({ code: 'WouldCopy', statement: { number: 3 } });
    expect(failure.nextStep).toContain('2 earlier statement(s) of this migration took effect');
    expect(await migrate(database, one(up))).toMatchObject({ status: 'migrated' });
    expect(await typeOf(database, 'tasks')).toBe('bigint');
    expect(await typeOf(database, 'tasks', 'b')).toBe('int');
  });

  it('a statement that does not get its lock in time is retryable, whatever the limits', async () => {
    const database = await ground();
    const other = await database.connection();
    await other.query('START TRANSACTION');
    await other.query('SELECT * FROM tasks');
    const failure = failureOf(
      await migrate(
        database,
        one((knex) => knex.raw('ALTER TABLE tasks ADD COLUMN a INT')),
        {
          safety: GUARD,
          lockWaitTimeoutSeconds: 1,
        },
      ),
    );
    expect(failure).toMatchObject({ code: 'LockWaitTimeout', retryable: true });
    await other.query('ROLLBACK');
  });

  it('a migration that catches the refusal does not count as applied', async () => {
    const database = await ground();
    const attempt = await migrate(
      database,
      one((knex) => knex.raw(COPY).catch(() => {})),
      { safety: GUARD },
    );
    expect(failureOf(attempt).code).toBe('WouldCopy');
  });

  it("a statement's own errors are those of the server without a guard", async () => {
    const database = await ground();
    const statements: [sql: string, errno: number][] = [
      ['ALTER TABLE tasks ADD COLUMN points INT', 1060],
      ['ALTER TABLE tasks DROP COLUMN nothing', 1091],
      ['ALTER TABLE missing ADD COLUMN points INT', 1146],
      ['DROP INDEX nothing ON tasks', 1091],
      ['ALTER TABLE tasks ADD COLUMN points', 1064],
      ['ALTER TABLE tasks ADD COLUMN 1 2 3', 1064],
    ];
    for (const [sql, errno] of statements) {
      const plain = failureOf(
        await migrate(
          database,
          one((knex) => knex.raw(sql)),
        ),
      );
      const guarded = failureOf(
        await migrate(
          database,
          one((knex) => knex.raw(sql)),
          { safety: GUARD },
        ),
      );
      expect([sql, plain.errno]).toEqual([sql, errno]);
      expect({ ...guarded, fingerprint: '' }).toEqual({ ...plain, fingerprint: '' });
    }
  });

  it('tables without rows and tables of the same attempt have no limits', async () => {
    const database = await ground();
    const bundled = bundle(
      migration('20260101000000_one', async (knex) => {
        await knex.raw('ALTER TABLE vacant MODIFY points BIGINT');
        await knex.schema.createTable('fresh', (table) => {
          table.integer('points').index();
        });
        await knex.raw('INSERT INTO fresh VALUES (1)');
        await knex.raw('ALTER TABLE fresh MODIFY points BIGINT');
        await knex.raw('CREATE TEMPORARY TABLE passing (points INT)');
        await knex.raw('INSERT INTO passing VALUES (1)');
        await knex.raw('ALTER TABLE passing MODIFY points BIGINT');
        await knex.raw('DROP TEMPORARY TABLE passing');
      }),
      migration('20260102000000_two', (knex) => knex.raw('ALTER TABLE fresh MODIFY points INT')),
      migration('20260103000000_three', async (knex) => {
        await knex.raw('RENAME TABLE tasks TO swap, fresh TO tasks, swap TO fresh');
        await knex.raw('ALTER TABLE fresh MODIFY points BIGINT');
      }),
    );
    const attempt = await migrate(database, bundled, { safety: GUARD });
    expect(failureOf(attempt)).toMatchObject({
      code: 'WouldCopy',
      migration: '20260103000000_three',
    });
    expect(attempt).toMatchObject({ applied: [{}, {}] });
  });

  it('a table within copyBytes is copied, and one beyond it is not', async () => {
    const database = await ground();
    const up = one((knex) => knex.raw(COPY));
    expect(failureOf(await migrate(database, up, { safety: { copyBytes: '1kB' } }))).toMatchObject({
      code: 'WouldCopy',
    });
    const attempt = await migrate(database, up, { safety: { copyBytes: '1MiB' } });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await typeOf(database, 'tasks')).toBe('bigint');
  });

  it.each([
    ['ALTER TABLE tasks ADD COLUMN a INT, LOCK=EXCLUSIVE', { lock: 'shared' }, 'WouldLock'],
    ['ALTER TABLE tasks ADD COLUMN a INT, LOCK=SHARED', { lock: 'none' }, 'WouldLock'],
    ['ALTER TABLE tasks ADD COLUMN a INT, ALGORITHM=COPY', { copyBytes: 0 }, 'WouldCopy'],
    ['LOCK TABLES tasks READ', { lock: 'none' }, 'WouldLock'],
    ['LOCK TABLES tasks WRITE', { lock: 'shared' }, 'WouldLock'],
    ['OPTIMIZE TABLE tasks', { lock: 'none' }, 'CannotBeGuarded'],
    ['CALL change_it()', { copyBytes: 0 }, 'CannotBeGuarded'],
    ['EXECUTE prepared', { lock: 'none' }, 'CannotBeGuarded'],
    [
      '/*!50000 ALTER TABLE tasks ADD COLUMN a INT, LOCK=EXCLUSIVE */',
      { lock: 'none' },
      'CannotBeGuarded',
    ],
    [
      'ALTER TABLE tasks ADD COLUMN a INT /*!50000 , ALGORITHM=COPY */',
      { copyBytes: 0 },
      'CannotBeGuarded',
    ],
  ] satisfies [string, GuardSettings, string][])(
    '%s under %o is refused before it is sent',
    async (sql, safety, code) => {
      const database = await ground();
      const connection = await database.multiConnection();
      await connection.query('CREATE PROCEDURE change_it() ALTER TABLE tasks ADD COLUMN a INT');
      const attempt = await migrate(
        database,
        one(async (knex) => {
          if (sql.startsWith('EXECUTE'))
            await knex.raw("PREPARE prepared FROM 'ALTER TABLE tasks ADD COLUMN a INT'");
          await knex.raw(sql);
        }),
        { safety },
      );
      expect(failureOf(attempt)).toMatchObject({ code, errno: undefined });
      expect(failureOf(attempt).message).toMatch(/not sent/);
      expect(await typeOf(database, 'tasks', 'a')).toBeUndefined();
    },
  );

  it('statements that change no existing table, or only its name, need no clause', async () => {
    const database = await ground();
    const attempt = await migrate(
      database,
      one(async (knex) => {
        await knex.raw('CREATE VIEW points AS SELECT points FROM tasks');
        // MySQL with a binary log takes more rights.
        if (flavour === 'mariadb')
          await knex.raw('CREATE TRIGGER t BEFORE INSERT ON tasks FOR EACH ROW SET NEW.points = 1');
        await knex.raw('ANALYZE TABLE tasks');
        await knex.raw('RENAME TABLE tasks TO chores');
        await knex.raw('ALTER TABLE chores RENAME TO tasks');
        await knex.raw('TRUNCATE TABLE vacant');
        await knex.raw('INSERT INTO tasks (id) VALUES (7)');
        await knex.raw('DROP VIEW points');
        await knex.raw('DROP TABLE vacant');
      }),
      { safety: GUARD },
    );
    expect(attempt).toMatchObject({ status: 'migrated', applied: [{}] });
  });

  it.runIf(flavour === 'mariadb')('alter_algorithm of the session is not overridden', async () => {
    const database = await ground();
    const up = async (knex: Knex) => {
      await knex.raw("SET SESSION alter_algorithm = 'INSTANT'");
      await knex.raw('ALTER TABLE tasks ADD INDEX by_points (points)');
    };
    const failure = failureOf(await migrate(database, one(up), { safety: { copyBytes: 0 } }));
    expect(failure.code).toBe('CannotBeGuarded');
  });
});

describe("a migration's own safety", () => {
  it('a migration loosens the limits for itself alone, with a reason', async () => {
    const database = await ground();
    const safety = { lock: 'any', copyBytes: 'any', why: 'two rows' } as const;
    const attempt = await migrate(
      database,
      bundle(
        migration('20260101000000_one', (knex) => knex.raw(COPY), { safety }),
        migration('20260102000000_two', (knex) => knex.raw('ALTER TABLE tasks MODIFY points INT')),
      ),
      { safety: GUARD },
    );
    expect(failureOf(attempt)).toMatchObject({
      code: 'WouldCopy',
      migration: '20260102000000_two',
    });
  });

  it('a migration that loosens them without a reason is refused before the first one runs', async () => {
    const database = await ground();
    const attempt = await migrate(
      database,
      bundle(
        migration('20260101000000_one', (knex) => knex.raw('ALTER TABLE tasks ADD COLUMN a INT')),
        migration('20260102000000_two', (knex) => knex.raw(COPY), { safety: { lock: 'any' } }),
      ),
      { safety: GUARD },
    );
    expect(failureOf(attempt)).toMatchObject({ code: 'MigrationInvalid' });
    expect(failureOf(attempt).message).toContain('20260102000000_two.js exports a `safety`');
    expect(await typeOf(database, 'tasks', 'a')).toBeUndefined();
  });

  it('a migration tightens the limits of a run that has none', async () => {
    const database = await ground();
    const safety = { copyBytes: 0 };
    const attempt = await migrate(
      database,
      one((knex) => knex.raw(COPY), { safety }),
    );
    expect(failureOf(attempt).code).toBe('WouldCopy');
  });
});
