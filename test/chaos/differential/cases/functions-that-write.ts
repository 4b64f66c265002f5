import { bare, type ChaosCase, one } from '../chaos-case.ts';
import type { ServerKind } from '../chaos-server.ts';
import { WRITER } from './bases.ts';

/** Statements whose first word does not tell that they write. */
function calls(
  name: string,
  sql: string | readonly string[],
  servers?: readonly ServerKind[],
): ChaosCase {
  return {
    name: `writes: ${name}`,
    base: WRITER,
    ...(servers !== undefined && { servers }),
    migrations: bare(async (knex) => {
      await knex.raw('ALTER TABLE users ADD COLUMN x1 INT');
      for (const each of [sql].flat()) await knex.raw(each);
      await knex.raw('ALTER TABLE users ADD COLUMN x2 INT');
      await knex.raw('ALTER TABLE users ADD COLUMN x3 INT');
    }),
  };
}

export const FUNCTIONS_THAT_WRITE: readonly ChaosCase[] = [
  calls('SELECT … INTO a variable', [
    "SELECT w('a') INTO @v",
    'UPDATE users SET n = @v WHERE id = 1',
  ]),
  calls('SELECT', "SELECT w('a')"),
  calls('SELECT over rows', 'SELECT w(email) FROM users'),
  calls('SELECT of the database', "SELECT `$DB`.`w`('a')".replace('`$DB`.', '')),
  calls('SELECT in a subquery', "SELECT * FROM (SELECT w('a') AS c) AS s"),
  calls('SET of several', ["SET @a = 1, @b = w('x')", 'UPDATE users SET n = @a + @b WHERE id = 1']),
  calls('SET from a query', ["SET @a := (SELECT w('x'))", 'UPDATE users SET n = @a WHERE id = 1']),
  calls('SET of a system variable', "SET @@session.group_concat_max_len = 1000 + w('x')"),
  calls('SET after a comment', "/* note */ SET /* w */ @a = w('x')"),
  calls('DO of several', "DO w('a'), w('b'), SLEEP(0)"),
  calls('CALL', "CALL pw('a', @c)"),
  calls('CALL whose result is used', ["CALL pw('a', @c)", 'UPDATE users SET n = @c WHERE id = 2']),
  calls('INSERT … SELECT', "INSERT INTO log SELECT w('a')"),
  calls(
    'UPDATE with it in WHERE',
    "UPDATE users SET n = n + 1 WHERE w('a') > 0 ORDER BY id LIMIT 1",
  ),
  calls('a view that calls it', 'SELECT * FROM calls_w'),
  calls('a prepared SELECT', [
    "PREPARE s FROM 'SELECT w(?)'",
    "SET @x = 'p'",
    'EXECUTE s USING @x',
    'DEALLOCATE PREPARE s',
  ]),
  calls('a prepared CALL', [
    "PREPARE s FROM 'CALL pw(?, @c)'",
    "SET @x = 'p'",
    'EXECUTE s USING @x',
    'EXECUTE s USING @x',
  ]),
  calls('SELECT … FOR UPDATE', "SELECT id, w('a') FROM users WHERE id = 1 FOR UPDATE"),
  calls('WITH', "WITH s AS (SELECT w('a') AS c) SELECT * FROM s"),
  calls('IF in SELECT', "SELECT IF(1 = 1, w('a'), 0)"),
  calls('ANALYZE of an update', 'ANALYZE UPDATE users SET n = n + 1', ['mariadb']),
  calls(
    'SET STATEMENT … FOR',
    'SET STATEMENT max_statement_time = 10 FOR UPDATE users SET n = n + 1',
    ['mariadb'],
  ),
  calls('EXECUTE IMMEDIATE', "EXECUTE IMMEDIATE 'UPDATE users SET n = n + 1'", ['mariadb']),
  calls(
    'BEGIN NOT ATOMIC',
    'BEGIN NOT ATOMIC UPDATE users SET n = n + 1; UPDATE users SET n = n + 10; END',
    ['mariadb'],
  ),
  calls('INSERT … RETURNING', 'INSERT INTO orders (id, user_id) VALUES (9, 1) RETURNING id', [
    'mariadb',
  ]),
  calls('VALUES', "VALUES (w('a'))", ['mariadb']),
  calls('VALUES ROW', "VALUES ROW(w('a'))", ['mysql']),
  calls('TABLE of a view that calls it', 'TABLE calls_w', ['mysql']),
  calls('EXPLAIN ANALYZE', "EXPLAIN ANALYZE SELECT w('a')", ['mysql']),
  calls(
    'WITH before UPDATE',
    'WITH s AS (SELECT 1 AS c) UPDATE users SET n = n + (SELECT c FROM s)',
    ['mysql'],
  ),
  {
    name: 'writes: SELECT in a transaction',
    base: WRITER,
    migrations: one(async (knex) => {
      await knex.raw('ALTER TABLE users ADD COLUMN x1 INT');
      const [[{ c }]] = await knex.raw("SELECT w('a') AS c");
      await knex('users').where('id', 1).update({ n: c });
      await knex.raw('ALTER TABLE users ADD COLUMN x2 INT');
    }),
  },
  {
    name: 'writes: a sequence',
    servers: ['mariadb'],
    base: [...WRITER, 'CREATE SEQUENCE s START WITH 10'],
    migrations: bare(async (knex) => {
      await knex.raw('SELECT NEXT VALUE FOR s INTO @a');
      await knex.raw('UPDATE users SET n = @a WHERE id = 1');
      await knex.raw('SET @b = NEXTVAL(s)');
      await knex.raw('UPDATE users SET n = @b WHERE id = 2');
      await knex.raw('ALTER TABLE users ADD COLUMN x INT DEFAULT (NEXTVAL(s))');
      await knex.raw('ALTER SEQUENCE s RESTART 100');
      await knex.raw('CREATE SEQUENCE other INCREMENT BY 5');
      await knex.raw('SELECT SETVAL(other, 50)');
      await knex.raw('ALTER TABLE users ADD COLUMN y INT');
    }),
  },
];
