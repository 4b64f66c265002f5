import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSnapshotFile } from '../../src/adapters/local/snapshot-file.ts';
import { provisionStep } from '../../src/core/provision/provision-step.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import type { Snapshot, SnapshotStatement } from '../../src/core/snapshot/snapshot.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import { addRow, newSlug, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { snapshotOf } from '../support/snapshot.ts';

const never = new AbortController().signal;

let central: TestDatabase;
let path: string;
let snapshot: Snapshot;
beforeAll(async () => {
  central = await createCentralDatabase();
  ({ path } = await snapshotOf(SHOP));
  snapshot = await readSnapshotFile(path);
});

/** Provisions a tenant of the shop, and returns the outcome and the columns of its tables. */
async function provisioned(
  differing: Partial<Provisioning>,
  before: (id: string, given: Provisioning) => Promise<unknown> = async () => {},
  migrations = SHOP,
) {
  return asking(central, async ({ provisioning: registry }) => {
    const given = provisioningOn(registry, migrations, differing);
    const id = await addRow(given, newSlug());
    await before(id, given);
    const outcome = await provisionTenant(id, given, never);
    const row = await registry.read(id);
    const root = await testServer().rootConnection();
    const [columns] = await root.query(
      `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
      [row?.tenant.address.database],
    );
    await root.end();
    return { outcome, columns };
  });
}

/** The snapshot with other statements. */
function withStatements(
  change: (statements: AsyncIterable<SnapshotStatement>) => AsyncIterable<SnapshotStatement>,
): Provisioning['snapshot'] {
  return { snapshot: { ...snapshot, statements: () => change(snapshot.statements()) } };
}

describe('a tenant that is made from a snapshot', () => {
  it('a tenant that is made from a snapshot is as one whose migrations were run', async () => {
    const replayed = await provisioned({});
    const born = await provisioned({ snapshot: { snapshot } });
    expect(born.outcome).toMatchObject({
      status: 'active',
      applied: SHOP.map(({ id }) => ({ name: `${id}.js` })),
      notes: [{ code: 'FromSnapshot' }],
    });
    expect(born.columns).toEqual(replayed.columns);
    expect(replayed.outcome).toMatchObject({ notes: [] });
  });

  it('a tenant that is made from a snapshot is made anew if the process was killed at any statement', async () => {
    const replayed = await provisioned({});
    let reachedEnd = false;
    for (let at = 0; !reachedEnd; at += 1) {
      const killed = withStatements(async function* (statements) {
        let count = 0;
        for await (const statement of statements) {
          if (count === at) throw new Error('killed');
          // Alone, so that those before it have been sent.
          yield { ...statement, isAlone: true };
          count += 1;
        }
      });
      const again = await provisioned({ snapshot: { snapshot } }, async (id, given) => {
        for (const step of ['claim', 'account', 'database', 'rights'] as const) {
          await provisionStep(step, id, given);
        }
        const end = await provisionStep('migrations', id, { ...given, snapshot: killed }).catch(
          () => 'killed',
        );
        reachedEnd = end !== 'killed';
      });
      expect(again.outcome).toMatchObject({ status: 'active' });
      expect(again.columns).toEqual(replayed.columns);
      expect(at).toBeLessThan(40);
    }
  }, 120_000);

  it('a tenant that is made from a snapshot is replayed if the server refuses a statement of it', async () => {
    const refused = withStatements(async function* (statements) {
      yield* statements;
      yield { sql: 'CREATE TABLE orders (a INT)', isAlone: false };
    });
    const { outcome, columns } = await provisioned({ snapshot: refused });
    expect(outcome).toMatchObject({
      status: 'active',
      notes: [{ code: 'SnapshotNotUsed', message: expect.stringContaining('refuses a statement') }],
    });
    expect(columns).toEqual((await provisioned({})).columns);
  });

  it('a tenant that is made from a snapshot is made once if two processes do it at the same time', async () => {
    const { outcome } = await provisioned({ snapshot: { snapshot } }, async (id, given) => {
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
    });
    expect(outcome).toMatchObject({ status: 'active', steps: [{ step: 'claim', done: false }] });
    const both = await asking(central, async ({ provisioning: registry }) => {
      const given = provisioningOn(registry, SHOP, { snapshot: { snapshot } });
      const id = await addRow(given, newSlug());
      return Promise.all([provisionTenant(id, given, never), provisionTenant(id, given, never)]);
    });
    expect(both).toMatchObject([{ status: 'active' }, { status: 'active' }]);
  });
});

describe('a snapshot is not used', () => {
  it('a snapshot is not used for other migrations, and the note says so', async () => {
    const more = [...SHOP, migration('20270101000000_more', (knex) => knex.raw('DO 0'))];
    const { outcome } = await provisioned({ snapshot: { snapshot } }, async () => {}, more);
    expect(outcome).toMatchObject({
      status: 'active',
      notes: [{ code: 'SnapshotNotUsed', message: expect.stringContaining('other migrations') }],
    });
  });

  it.each([
    ['another server', { product: 'Percona Server' }, 'made on Percona Server'],
    [
      'another collation of the database',
      { collation: 'utf8mb4_bin' },
      'the collation utf8mb4_bin',
    ],
    ['another setting', { settings: {} }, 'made with'],
  ] as const)('a snapshot is not used on %s, and the note says so', async (_, differing, words) => {
    const header = { ...snapshot.header, ground: { ...snapshot.header.ground, ...differing } };
    const { outcome } = await provisioned({ snapshot: { snapshot: { ...snapshot, header } } });
    expect(outcome).toMatchObject({
      status: 'active',
      notes: [{ code: 'SnapshotNotUsed', message: expect.stringContaining(words) }],
    });
  });

  it('a snapshot is not used in a database that has something already', async () => {
    const { outcome } = await provisioned({ snapshot: { snapshot } }, async (id, given) => {
      for (const step of ['claim', 'account', 'database'] as const) {
        await provisionStep(step, id, given);
      }
      const row = await given.registry.read(id);
      const root = await testServer().rootConnection();
      await root.query(`CREATE PROCEDURE \`${row?.tenant.address.database}\`.mine() DO 0`);
      await root.end();
    });
    expect(outcome).toMatchObject({
      notes: [{ code: 'SnapshotNotUsed', message: expect.stringContaining('not empty') }],
    });
  });

  it.each([
    ['truncated', (text: string) => text.slice(0, -10), 'is truncated, or was changed'],
    ['changed', (text: string) => text.replace('varchar(255)', 'varchar(256)'), 'was changed'],
    ['empty', () => '', 'does not begin with a line of JSON'],
    ['of a later format', (text: string) => text.replace('"format":1', '"format":2'), 'format'],
    ['something else', () => '{"a": 1}\n', 'is not the snapshot of a bundle'],
  ] as const)('a file that is %s is not read as a snapshot', async (_, change, words) => {
    const damaged = `${path}.damaged`;
    await writeFile(damaged, change(await readFile(path, 'utf8')));
    await expect(readSnapshotFile(damaged)).rejects.toMatchObject({
      code: 'SnapshotInvalid',
      message: expect.stringContaining(words),
      nextStep: expect.stringContaining('migrate:snapshot'),
    });
  });
});
