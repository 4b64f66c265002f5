import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseShapeFile } from '../../src/core/shapes/shape-file.ts';
import { testServer } from '../support/server.ts';
import { realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const TABLES = [
  'CREATE TABLE orders (id int PRIMARY KEY, note varchar(100), KEY by_note (note))',
  'CREATE TABLE customers (id int PRIMARY KEY)',
];

async function fleetOfShapes() {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma', 'Delta'], {});
  for (const tenant of fleet.tenants) {
    await tenant.query(`ALTER DATABASE \`${tenant.database}\` COLLATE utf8mb4_bin`);
    for (const sql of TABLES) await tenant.query(sql);
  }
  await fleet.tenants[2]?.query('ALTER TABLE orders MODIFY note varchar(255) NOT NULL');
  await fleet.tenants[3]?.query('ALTER TABLE orders DROP KEY by_note, ADD extra int FIRST');
  await fleet.tenants[3]?.query('DROP TABLE customers');
  return fleet;
}

test('tenants are grouped by their definitions, with the differences from the most common shape', async () => {
  const fleet = await fleetOfShapes();
  const { stdout, stderr, exitCode } = await fleet.run('fleet:shapes');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout.replaceAll(/\b[0-9a-f]{12}\b/g, 'the-same-len')).toMatchInlineSnapshot(`
    "📋 Found 4 tenant(s) to read
    ============================================================
    📐 3 shapes
    ============================================================
    SHAPE           TENANTS   TABLES  DIFFERENCES  FOR EXAMPLE
    the-same-len          2        2            -  acme, beta
    the-same-len          1        2            1  gamma
    the-same-len          1        1            3  delta

    the-same-len: 1 tenant: gamma
      1 difference from the-same-len (left):
      column orders.note
        varchar(100) COLLATE utf8mb4_bin DEFAULT NULL            │ varchar(255) COLLATE utf8mb4_bin NOT NULL

    the-same-len: 1 tenant: delta
      3 differences from the-same-len (left):
      column orders.extra
        (missing)                                                │ int DEFAULT NULL
      index orders.by_note
        KEY \`by_note\` (\`note\`)                                   │ (missing)
      table customers
        columns id                                               │ (missing)
    "
  `);
  expect((await fleet.run('fleet:shapes --check')).exitCode).toBe(1);
  expect((await fleet.run('fleet:shapes acme beta --check')).exitCode).toBe(0);
});

test('a login of the server reads all tenants, and a tenant that it does not see is in no shape', async () => {
  const fleet = await fleetOfShapes();
  const root = await testServer().rootConnection();
  const reader = `ff_reader_${fleet.central.database.slice(-12)}`;
  await root.query(`CREATE USER '${reader}'@'%' IDENTIFIED BY 'pass-of-reader'`);
  try {
    for (const { database } of fleet.tenants.slice(0, 3)) {
      await root.query(
        `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON \`${database}\`.* TO '${reader}'@'%'`,
      );
    }
    const shapes = { hosts: { '*': { user: reader, passwordEnv: 'READER_PASSWORD' } } };
    await writeFile(join(fleet.folder, 'fanfold.config.json'), JSON.stringify({ shapes }));
    const without = await fleet.run('fleet:shapes');
    expect(without.stderr).toContain('names the variable READER_PASSWORD, which is not set.');
    expect(without.exitCode).toBe(3);
    const { stdout, stderr } = await fleet.run('fleet:shapes --json --export shapes.jsonl', {
      READER_PASSWORD: 'pass-of-reader',
    });
    expect(stderr).toContain('💾 2 shapes written to shapes.jsonl\nNot in the file: 1 tenant');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ failure }) => failure !== undefined)).toMatchObject([
      { tenant: { slug: 'delta' }, failure: { code: 'ShapeHidden' } },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'fleet-shapes', tenants: 3, shapes: 2 });
    const text = await readFile(join(fleet.folder, 'shapes.jsonl'), 'utf8');
    expect(text + stdout + stderr).not.toContain('pass-of-reader');
    expect(parseShapeFile(text, 'shapes.jsonl')).toHaveLength(2);
  } finally {
    await root.query(`DROP USER '${reader}'@'%'`);
    await root.end();
  }
});
