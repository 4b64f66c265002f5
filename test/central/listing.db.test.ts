import { expect, it } from 'vitest';
import type { TenantsMapping } from '../../src/core/central/tenants-mapping.ts';
import { asking } from '../support/central-database.ts';
import { createDatabase } from '../support/database.ts';
import { collect } from '../support/fleet.ts';

const COLUMNS = 'slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword';

/** 45,000 tenants on 7 servers, of which every tenth is not active; two of the servers are one. */
const ROWS = `INSERT INTO tenants (id, ${COLUMNS})
  SELECT n, CONCAT('t', n), 'name', IF(n % 10 = 0, 'LEFT', 'ACTIVE'), IF(n % 14 = 3, 'DB3', CONCAT('db', (n % 7 + 7) % 7)), 3306, 'd', 'u', 'p'
  FROM (SELECT a.n + b.n * 10 + c.n * 100 + d.n * 1000 + e.n * 10000 - 20000 AS n
    FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS a,
      (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS b,
      (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS c,
      (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS d,
      (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS e) AS numbers
  WHERE n <> 0 AND n < 25000`;

it('a listing has each tenant once and takes turns among servers, with an index and without, by a table and by a query', async () => {
  const database = await createDatabase('listing');
  await database.query(
    `CREATE TABLE tenants (id INT PRIMARY KEY, slug VARCHAR(50) UNIQUE, name VARCHAR(50), status VARCHAR(50), dbHost VARCHAR(50),
      dbPort INT, dbName VARCHAR(50), dbUser VARCHAR(50), dbPassword VARCHAR(50)) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
  await database.query(ROWS);
  const list = (mapping?: TenantsMapping) =>
    asking(database, ({ directory }) => collect(directory.listIds({})), mapping);

  const unindexed = await list();
  const queried = await list({ query: `SELECT id, ${COLUMNS} FROM tenants` });
  await database.query('CREATE INDEX listed ON tenants (status, dbHost, dbPort, id)');
  const indexed = await list();

  expect(indexed).toHaveLength(40_500);
  // Ids below zero come first, and 9 before 10: the order is that of numbers.
  expect(
    indexed
      .slice(0, 7)
      .map(Number)
      .every((id) => id < -19_980),
  ).toBe(true);
  expect(new Set(indexed).size).toBe(indexed.length);
  const modulo = (id: string) => ((Number(id) % 7) + 7) % 7;
  const turns = Array.from({ length: 700 }, (_, turn) => indexed.slice(turn * 7, turn * 7 + 7));
  expect(turns.every((turn) => new Set(turn.map(modulo)).size === 7)).toBe(true);
  expect(unindexed).toEqual(indexed);
  expect(queried).toEqual(indexed);
}, 60_000);
