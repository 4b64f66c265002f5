import { describe, expect, it } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createInspectDatabase } from '../../../src/adapters/mysql/inspect-database.ts';
import { lockValueOf } from '../../../src/adapters/mysql/locks/lock-value.ts';
import type { DatabaseFacts } from '../../../src/core/doctor/database-facts.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { queriesOf } from '../../support/general-log.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, SHOP } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';
import { testServer } from '../../support/server.ts';

function inspect(database: TestDatabase): Promise<DatabaseFacts> {
  const inspectDatabase = createInspectDatabase({
    connectTimeoutMs: 3_000,
    tls: createTlsChooser({ mode: 'auto' }),
  });
  return inspectDatabase(database);
}

/** Everything that an inspection might change: structure, rows and locks. */
async function wholeOf(database: TestDatabase): Promise<unknown> {
  const tables = await database.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  );
  const contents = [];
  for (const { name } of tables) {
    contents.push(
      await database.query(`SHOW CREATE TABLE \`${name}\``),
      await database.query(`SELECT * FROM \`${name}\``),
      await database.query(`CHECKSUM TABLE \`${name}\``),
    );
  }
  return contents;
}

describe('inspecting a database', () => {
  it('an inspection reports the facts of its server', async () => {
    const database = await createDatabase('inspect');
    const { flavour, version } = testServer();
    const facts = await inspect(database);
    expect(facts.server.product).toBe(flavour === 'mariadb' ? 'MariaDB' : 'MySQL');
    expect(version).toContain(facts.server.version);
    expect(facts).toMatchObject({
      server: { readOnly: false },
      tls: null,
      isLoopback: true,
      sqlMode: expect.arrayContaining(['STRICT_TRANS_TABLES']),
      fenceHolder: null,
      knexLock: { state: 'free' },
      hasJournal: false,
      state: { rows: [] },
    });
    expect(facts.connections.open).toBeGreaterThan(0);
    expect(facts.connections.most).toBeGreaterThan(facts.connections.open);
    expect(facts.connections).toMatchObject({ ofUser: undefined });
    expect([...facts.privileges]).toEqual(expect.arrayContaining(['ALTER', 'TRIGGER', 'DROP']));
  });

  it('an inspection changes nothing and needs three packets', async () => {
    const database = await createDatabase('inspect');
    await migrate(database, bundle(...SHOP));
    const before = await wholeOf(database);

    const queries = await queriesOf(database, async () => {
      const facts = await inspect(database);
      expect(facts.hasJournal).toBe(true);
      expect(facts.state.rows).toHaveLength(SHOP.length);
    });

    // The first packet has eight statements, each of which MySQL logs.
    expect(queries).toHaveLength(testServer().flavour === 'mariadb' ? 3 : 10);
    expect(queries.filter((query) => !/^(SELECT|SHOW)\s/.test(query))).toEqual([]);
    expect(await wholeOf(database)).toEqual(before);
  });

  it('an inspection keeps an empty database empty', async () => {
    const database = await createDatabase('inspect');
    await inspect(database);
    expect(await database.query('SHOW TABLES')).toEqual([]);
  });

  it("an inspection names the holders of the fence and of Knex's lock", async () => {
    const database = await createDatabase('inspect');
    await migrate(database, bundle(...SHOP.slice(0, 1)));
    const holder = await database.connection();
    await holder.query('SELECT GET_LOCK(?, 0)', [`fanfold:${database.database.toLowerCase()}`]);
    const value = lockValueOf({ id: holder.threadId, user: database.user });
    await holder.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
    const facts = await inspect(database);
    expect(facts.fenceHolder).toMatch(
      new RegExp(`^connection ${holder.threadId} \\(user ${database.user}\\), idle for \\d+ s$`),
    );
    expect(facts.knexLock.state).toBe('running');
    await database.closeConnections();
    expect((await inspect(database)).knexLock.state).toBe('ours');
  });

  it('an inspection distinguishes a lock of plain Knex that may be held from a stale one', async () => {
    const database = await createDatabase('inspect');
    const knex = plainKnex(database, bundle(...SHOP));
    await knex.migrate.latest();
    await knex.destroy();
    await database.query('UPDATE knex_migrations_lock SET is_locked = 1');
    const { knexLock } = await inspect(database);
    expect(knexLock).toEqual({
      state: 'knex',
      unlock: `UPDATE \`${database.database}\`.\`knex_migrations_lock\` SET is_locked = 0`,
    });
    await database.grant('PROCESS ON *.*');
    await database.closeConnections();
    expect((await inspect(database)).knexLock.state).toBe('abandoned');
  });

  it('an inspection reports missing privileges of a login, and those that a role grants', async () => {
    const database = await createDatabase('inspect');
    const root = await testServer().rootConnection();
    const scope = `\`${database.database.replaceAll('_', '\\_')}\`.*`;
    await root.query(`REVOKE ALTER, DROP ON ${scope} FROM '${database.user}'@'%'`);
    const facts = await inspect(database);
    expect(facts.privileges.has('ALTER')).toBe(false);
    expect(facts.privileges.has('CREATE')).toBe(true);

    const role = `r_${database.user}`;
    const isMariaDB = testServer().flavour === 'mariadb';
    await root.query(`CREATE ROLE \`${role}\``);
    try {
      await root.query(`GRANT ALTER, DROP ON ${scope} TO \`${role}\``);
      await root.query(`GRANT \`${role}\` TO '${database.user}'@'%'`);
      await root.query(
        isMariaDB
          ? `SET DEFAULT ROLE \`${role}\` FOR '${database.user}'@'%'`
          : `SET DEFAULT ROLE \`${role}\` TO '${database.user}'@'%'`,
      );
      expect((await inspect(database)).privileges.has('ALTER')).toBe(true);
    } finally {
      await root.query(`DROP ROLE \`${role}\``);
    }
  });

  it('an inspection reports the connection limit of its user', async () => {
    const database = await createDatabase('inspect');
    await database.limitConnections(5);
    expect((await inspect(database)).connections).toMatchObject({ ofUser: { most: 5, open: 1 } });
  });

  it('an inspection explains why a database cannot be reached', async () => {
    const database = await createDatabase('inspect');
    await expect(inspect({ ...database, password: 'wrong' })).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    await expect(inspect({ ...database, port: 1 })).rejects.toMatchObject({
      code: 'ConnectionRefused',
    });
  });
});
