import { expect, it } from 'vitest';
import { createDatabase } from './database.ts';
import { testServer } from './server.ts';

it('the test server reports its own version', async () => {
  const { flavour, version } = testServer();
  const root = await testServer().rootConnection();
  const [rows] = await root.query('SELECT VERSION() AS version');
  expect(rows).toEqual([{ version }]);
  expect(/mariadb/i.test(version)).toBe(flavour === 'mariadb');
});

it('a test database has a user who sees only that database', async () => {
  const mine = await createDatabase('mine');
  const other = await createDatabase('other');

  const seen = await mine.query('SHOW DATABASES');
  expect(seen.map((row) => row.Database)).toContain(mine.database);
  expect(seen.map((row) => row.Database)).not.toContain(other.database);
  await expect(mine.query(`CREATE TABLE \`${other.database}\`.t (id INT)`)).rejects.toMatchObject({
    errno: 1142,
  });
});

it('dropping a test database removes database and user, even while a connection is open', async () => {
  const database = await createDatabase('gone');
  await database.query('CREATE TABLE t (id INT)');
  await (await database.connection()).query('SELECT 1');
  await database.drop();

  const root = await testServer().rootConnection();
  const [databases] = await root.query('SHOW DATABASES LIKE ?', [database.database]);
  const [users] = await root.query('SELECT user FROM mysql.user WHERE user = ?', [database.user]);
  expect([databases, users]).toEqual([[], []]);
});

it('dropping a test database ends a session that holds its tables', async () => {
  const database = await createDatabase('held');
  await database.query('CREATE TABLE t (id INT)');
  const holder = await testServer().rootConnection();
  await holder.query(`USE \`${database.database}\``);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM t');
  await database.drop();
  await expect(holder.query('SELECT 1')).rejects.toThrow();
});
