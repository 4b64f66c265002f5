import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import type { MigrationSafety } from '../../../../src/core/safety/guard/guard-settings.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { type MigratingOptions, migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { meansOf, PATHS, whyNot } from '../../../support/online-programs.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 120_000 });

const { flavour, version } = testServer();
const isMariaDb = flavour === 'mariadb';
const copiesOnline = isMariaDb && !/^10\.|^11\.[01]\./.test(version);
const COPY = 'ALTER TABLE tasks MODIFY points BIGINT';
/** So many rows that no program is done when it is first asked to stop. */
const MANY = `SET cte_max_recursion_depth = 90000;
  INSERT INTO tasks WITH RECURSIVE n AS (SELECT 3 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 90000) SELECT i, i, 'c' FROM n;`;
const EXTERNAL = { onlineChange: 'external' } as const;

async function ground(more = ''): Promise<TestDatabase> {
  const database = await createDatabase('ways');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE tasks (id INT PRIMARY KEY, points INT, body TEXT) ENGINE=InnoDB;
    INSERT INTO tasks VALUES (1, 1, 'a'), (2, 2, 'b');
    ${more}`);
  return database;
}

const change = (
  database: TestDatabase,
  options: MigratingOptions,
  own?: MigrationSafety,
  sql = COPY,
) =>
  migrate(
    database,
    bundle(
      migration(
        '20260101000000_change',
        (knex) => knex.raw(sql),
        own === undefined ? {} : { safety: own },
      ),
    ),
    options,
  );

function failureOf(attempt: Attempt) {
  if (attempt.status !== 'failed') throw new Error(`The attempt was ${attempt.status}.`);
  return attempt.failure;
}

async function typeOf(database: TestDatabase): Promise<unknown> {
  const [row] = await database.query(
    "SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tasks' AND COLUMN_NAME = 'points'",
  );
  return row?.type;
}

describe('onlineChange: native', () => {
  it('copies without a lock where the server can, also beyond copyBytes, and refuses elsewhere', async () => {
    const database = await ground();
    const attempt = await change(
      database,
      { safety: { copyBytes: 0 } },
      { onlineChange: 'native' },
    );
    if (copiesOnline) {
      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(await typeOf(database)).toBe('bigint');
      return;
    }
    expect(failureOf(attempt).code).toBe('WouldCopy');
    expect(failureOf(attempt).nextStep).toContain(
      isMariaDb ? 'pt-online-schema-change' : "onlineChange: 'external'",
    );
    expect(await typeOf(database)).toBe('int');
  });

  it('alone holds statements to no lock', async () => {
    const database = await ground();
    const attempt = await change(database, { safety: { onlineChange: 'native' } });
    if (copiesOnline) expect(attempt).toMatchObject({ status: 'migrated' });
    else expect(failureOf(attempt).code).toBe('WouldLock');
  });
});

describe('onlineChange: external', () => {
  it('says that the program is missing, and touches nothing', async () => {
    const database = await ground();
    const online = meansOf('gh-ost', '/nowhere/gh-ost');
    const attempt = await change(database, { safety: EXTERNAL, online });
    if (copiesOnline) return expect(attempt).toMatchObject({ status: 'migrated' });
    expect(failureOf(attempt).code).toBe(isMariaDb ? 'WouldLock' : 'OnlineProgramMissing');
    expect(failureOf(attempt).nextStep).toContain(
      isMariaDb ? 'pt-online-schema-change' : 'safety.onlineProgram',
    );
    expect(await typeOf(database)).toBe('int');
  });

  it.skipIf(isMariaDb)('sends people to a machine if this run cannot start programs', async () => {
    const failure = failureOf(await change(await ground(), { safety: EXTERNAL }));
    expect(failure).toMatchObject({ code: 'OnlineProgramMissing', retryable: false });
    expect(failure.message).toMatch(
      /Functions and applications do not start one\. Nothing was changed\./,
    );
    expect(failure.nextStep).toMatch(/from a machine .* `fanfold migrate:tenant /);
    const unfit = 'ALTER TABLE tasks CHANGE points score BIGINT';
    const refused = failureOf(await change(await ground(), { safety: EXTERNAL }, undefined, unfit));
    expect(refused.code).toBe('OnlineChangeRefused');
  });

  it.skipIf(isMariaDb).each([
    [
      'a foreign key of the table',
      'CREATE TABLE teams (id INT PRIMARY KEY); ALTER TABLE tasks ADD team INT, ADD FOREIGN KEY (team) REFERENCES teams (id);',
      /foreign keys, or is referred to: tasks\./,
    ],
    [
      'an index whose name has a quote, which gh-ost does not escape',
      'ALTER TABLE tasks ADD KEY `by_``points` (points);',
      /The name by_`points has a quote/,
    ],
    [
      'a foreign key to the table',
      'CREATE TABLE notes (id INT PRIMARY KEY, task INT, FOREIGN KEY (task) REFERENCES tasks (id));',
      /referred to: notes\./,
    ],
    ['no primary key', 'ALTER TABLE tasks DROP PRIMARY KEY;', /no primary key/],
  ])('refuses %s before anything is touched', async (_, sql, reason) => {
    const database = await ground(sql);
    const failure = failureOf(
      await change(database, { safety: EXTERNAL, online: meansOf('gh-ost') }),
    );
    expect(failure).toMatchObject({ code: 'OnlineChangeRefused', retryable: false });
    expect(failure.message).toMatch(reason);
    expect(failure.message).toMatch(/Nothing was changed\./);
    expect(await typeOf(database)).toBe('int');
    expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
    // Without the way on, the same migration resumes as after any refusal.
    expect(await change(database, {})).toMatchObject({ status: 'migrated' });
  });

  it.skipIf(isMariaDb).each(['_tasks_gho', '_tasks_ghc', '_tasks_chkpnt'])(
    'refuses a table that another program changes, which has made %s',
    async (table) => {
      const database = await ground(`CREATE TABLE ${table} (id INT PRIMARY KEY);`);
      const failure = failureOf(
        await change(database, { safety: EXTERNAL, online: meansOf('gh-ost') }),
      );
      expect(failure).toMatchObject({ code: 'OnlineChangeRefused', retryable: false });
      expect(failure.message).toContain(table);
      expect(await typeOf(database)).toBe('int');
    },
  );

  it.skipIf(isMariaDb)(
    'refuses what a kill would leave undetermined, or what is elsewhere',
    async () => {
      for (const sql of [
        'ALTER TABLE tasks MODIFY points BIGINT, RENAME TO jobs',
        'ALTER TABLE tasks CHANGE points score BIGINT',
      ]) {
        const failure = failureOf(
          await change(
            await ground(),
            { safety: EXTERNAL, online: meansOf('gh-ost') },
            undefined,
            sql,
          ),
        );
        expect([sql, failure.code]).toEqual([sql, 'OnlineChangeRefused']);
      }
    },
  );
});

describe.each([
  {
    name: 'gh-ost',
    copy: "'\\\\_fanfold\\\\_oc\\\\_%\\\\_gho'",
    names: ['a'.repeat(64), 'Größe a-b.c $%', 'select'],
    onServer: '',
  },
  {
    name: 'Spirit',
    copy: "'\\\\_tasks\\\\_new'",
    names: ['a'.repeat(56), 'Größe_1$', 'select'],
    onServer: 'RELOAD, ',
  },
] as const)('the real $name', ({ name, copy, names, onServer }) => {
  const skipped = whyNot(name) !== '';

  it(`runs here${whyNot(name)}`, ({ skip }) => {
    if (skipped) skip();
    expect(PATHS[name]).not.toBe('');
  });

  it.skipIf(skipped)('explains a login without the rights, and leaves nothing', async () => {
    const database = await ground();
    const { findPrograms } = meansOf(name);
    const own = { findPrograms, findLogin: async <Login>(tenant: Login) => tenant };
    const failure = failureOf(await change(database, { safety: EXTERNAL, online: own }));
    expect(failure).toMatchObject({ code: 'OnlineChangeRefused', retryable: false });
    expect(failure.message).toContain(
      `lacks ${onServer}REPLICATION CLIENT, REPLICATION SLAVE ON *.*`,
    );
    expect(await typeOf(database)).toBe('int');
    expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
  });

  it.skipIf(skipped)(
    'works with the documented rights and any password, and shows it nowhere',
    async () => {
      const root = await testServer().rootConnection();
      const password = `p@ss:w/ord'"#;$é ${Math.random()}`;
      await root.query("CREATE USER 'ff_online'@'%' IDENTIFIED BY ?", [password]);
      onTestFinished(async () => {
        await root.query("DROP USER 'ff_online'@'%'");
      });
      const database = await ground();
      // The rights that docs/how-to/rights.md names, and no more.
      await root.query(
        `GRANT ALTER, CREATE, DELETE, DROP, INDEX, INSERT, LOCK TABLES, SELECT, TRIGGER, UPDATE ON \`${database.database}\`.* TO 'ff_online'@'%'`,
      );
      await root.query("GRANT SELECT ON performance_schema.* TO 'ff_online'@'%'");
      await root.query(
        `GRANT ${onServer}REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO 'ff_online'@'%'`,
      );
      const online = {
        findPrograms: meansOf(name).findPrograms,
        findLogin: async (tenant: object) => ({ ...tenant, user: 'ff_online', password }) as never,
      };
      const attempt = await change(database, { safety: EXTERNAL, online });
      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(await typeOf(database)).toBe('bigint');
      const wrong = {
        ...online,
        findLogin: async (tenant: object) =>
          ({ ...tenant, user: 'ff_online', password: 'hunter2' }) as never,
      };
      const failure = failureOf(await change(await ground(), { safety: EXTERNAL, online: wrong }));
      expect(JSON.stringify(failure)).not.toContain('hunter2');
    },
  );

  it.skipIf(skipped).each(names)('changes a table of the name %s', async (table) => {
    const quoted = `\`${table.replaceAll('`', '``')}\``;
    const database = await ground(`RENAME TABLE tasks TO ${quoted};`);
    const sql = `ALTER TABLE ${quoted} MODIFY points BIGINT`;
    const attempt = await change(
      database,
      { safety: EXTERNAL, online: meansOf(name) },
      undefined,
      sql,
    );
    expect(attempt.status === 'failed' ? attempt.failure.message : attempt.status).toBe('migrated');
    expect(await database.query(`SELECT * FROM ${quoted}`)).toHaveLength(2);
    expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
  });

  it.skipIf(skipped)(
    'stops at a boundary when the time is up, and the next attempt finishes',
    async () => {
      const database = await ground(MANY);
      let asked = 0;
      const online = meansOf(name);
      const attempt = await change(database, {
        safety: EXTERNAL,
        online,
        pause: () => asked++ > 1,
      });
      expect(attempt.status).toBe('continue');
      expect(await change(database, { safety: EXTERNAL, online })).toMatchObject({
        status: 'migrated',
      });
      expect(await typeOf(database)).toBe('bigint');
    },
  );

  it.skipIf(skipped)('waits for its turn on the server', async () => {
    const root = await testServer().rootConnection();
    await root.query("DO GET_LOCK('fanfold:online-change', 10)");
    const database = await ground();
    let isOver = false;
    const running = change(database, { safety: EXTERNAL, online: meansOf(name) }).finally(() => {
      isOver = true;
    });
    await sleep(4_000);
    expect(isOver).toBe(false);
    await root.query("DO RELEASE_LOCK('fanfold:online-change')");
    expect(await running).toMatchObject({ status: 'migrated' });
  });

  it.skipIf(skipped)('ends with the connection that holds the fence, and resumes', async () => {
    const database = await ground(MANY);
    const root = await testServer().rootConnection();
    const running = change(database, { safety: EXTERNAL, online: meansOf(name) });
    const fence = `fanfold:${database.database}`;
    const copies = `SHOW TABLES LIKE ${copy}`;
    while ((await database.query(copies)).length === 0) await sleep(20);
    const [rows] = await root.query<RowDataPacket[]>('SELECT IS_USED_LOCK(?) AS id', [fence]);
    await root.query(`KILL ${rows[0]?.id}`);
    expect(failureOf(await running)).toMatchObject({ retryable: true });
    expect(await typeOf(database)).toBe('int');
    const again = await change(database, { safety: EXTERNAL, online: meansOf(name) });
    expect(again).toMatchObject({ status: 'migrated' });
    expect(await typeOf(database)).toBe('bigint');
    expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
  });
});

it.skipIf(isMariaDb).each(['gh-ost', 'Spirit'] as const)(
  'refuses a program in the place of %s that cannot resume',
  async (name) => {
    const online = meansOf(name, name === 'gh-ost' ? '/bin/false' : '/bin/true');
    const failure = failureOf(await change(await ground(), { safety: EXTERNAL, online }));
    expect(failure.code).toBe('OnlineProgramMissing');
    expect(failure.message).toContain('does not take --');
  },
);
