import { describe, expect, it } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { checkNewTenant } from '../../src/core/central/new-tenant.ts';
import { asking } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { collect } from '../support/fleet.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { SHAPES, type Shape } from './shapes.ts';

const REACHED = { schemaVersion: 'hash', runId: 'run-1', at: new Date('2026-11-29T10:00:00.123Z') };

async function databaseOf({ tables }: Shape): Promise<TestDatabase> {
  const database = await createDatabase('shape');
  for (const statement of tables) await database.query(statement);
  return database;
}

/** All that the product has in its database: definitions and rows. */
async function theirs(database: TestDatabase): Promise<unknown> {
  const tables = await database.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'fanfold%' ORDER BY 1",
  );
  return Promise.all(
    tables.map(async ({ name }) => {
      const table = `\`${String(name)}\``;
      const [made] = await database.query(`SHOW CREATE TABLE ${table}`);
      return [made, await database.query(`SELECT * FROM ${table} ORDER BY 1`)];
    }),
  );
}

/** The result of a promise: its value as text, or the code of its error. */
async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    return String(await promise);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe.each(SHAPES)('tenants $is', (shape) => {
  const { mapping } = shape;
  const active = Object.keys(shape.statuses).filter((slug) => shape.statuses[slug] === 'ACTIVE');

  it("tenants are read without a trace, with and without a table of Fanfold's", async () => {
    const database = await databaseOf(shape);
    const before = await theirs(database);

    const read = async () =>
      asking(
        database,
        async ({ directory, registry }) => {
          const tenants = await collect(registry.list({}));
          const listed = await collect(directory.listIds({}));
          expect(Object.fromEntries(tenants.map(({ slug, status }) => [slug, status]))).toEqual(
            shape.statuses,
          );
          expect(await directory.count({})).toBe(active.length);
          const byIds = await directory.findByIds(listed);
          expect(byIds.map(({ slug }) => slug).sort()).toEqual(active);
          const [acme] = await directory.findByNames(['acme']);
          const { port = 3306 } = shape;
          expect(acme).toMatchObject({
            slug: 'acme',
            address: {
              host: expect.stringMatching(/^db1$/i),
              port,
              database: 'acme',
              user: 'acme',
            },
            encryptedPassword: '00:11',
          });
          expect(acme?.id).toMatch(shape.id);
          expect(
            await directory.findByNames([acme?.id ?? '', 'nobody', '0', "' OR '1'='1"]),
          ).toEqual([acme]);
          return acme;
        },
        mapping,
      );
    const first = await read();
    expect(
      await outcomeOf(
        asking(
          database,
          ({ directory }) => directory.recordReached([first?.id ?? ''], REACHED),
          mapping,
        ),
      ),
    ).toBe('FanfoldTenantsMissing');
    const without = await theirs(database);
    expect(await migrateCentralLatest({ login: database, tenants: mapping })).toEqual([
      '20261129090000_create_fanfold_tenants.ts',
      '20261201090000_create_fanfold_pool.ts',
    ]);
    await asking(
      database,
      ({ directory }) => directory.recordReached([first?.id ?? ''], REACHED),
      mapping,
    );

    expect(await read()).toEqual({
      ...first,
      schemaVersion: 'hash',
      lastRunId: 'run-1',
      lastMigratedAt: REACHED.at,
    });
    expect(without).toEqual(before);
    expect(await theirs(database)).toEqual(before);
  });

  it('tenants are written if they can be, and refused by name if not', async () => {
    const database = await databaseOf(shape);
    await migrateCentralLatest({ login: database, tenants: mapping });
    const before = await theirs(database);
    const work = asking(
      database,
      async ({ registry, credentials, directory }) => {
        const status = async () => (await directory.findByNames(['acme']))[0]?.status;
        const [acme] = await directory.findByNames(['acme']);
        const id = acme?.id ?? '';
        const row = await credentials.read(id);
        if (row === undefined) throw new Error('acme cannot be read.');
        const change = await outcomeOf(credentials.change(row, { encryptedPassword: '22:33' }));
        expect(change).toBe(shape.change === 'done' ? 'true' : shape.change);
        if (shape.change === 'done') {
          // Somebody who read it before is too late.
          expect(await credentials.change(row, { encryptedPassword: '44:55' })).toBe(false);
          expect((await credentials.read(id))?.tenant.encryptedPassword).toBe('22:33');
          expect(
            await credentials.change((await credentials.read(id)) ?? row, {
              encryptedPassword: '00:11',
            }),
          ).toBe(true);
        }
        const suspend = await outcomeOf(registry.setStatus(id, 'SUSPENDED'));
        expect(suspend).toBe(shape.suspend === 'done' ? 'undefined' : shape.suspend);
        expect(await status()).toBe(shape.suspend === 'done' ? 'SUSPENDED' : 'ACTIVE');
        if (shape.suspend !== 'TenantsReadOnly') {
          await registry.setStatus(id, 'ACTIVE');
          expect(await status()).toBe('ACTIVE');
        }
        const draft = {
          slug: 'new',
          status: 'ACTIVE',
          host: 'db1',
          database: 'new',
          user: 'new',
        };
        const seal = async (of: string) => `for ${of}`;
        const added = await outcomeOf(
          registry.add(checkNewTenant(draft), seal).then((tenant) => tenant.id),
        );
        expect(added).toMatch(shape.add);
        if (added.startsWith('Tenants')) return;
        const [found] = await directory.findByNames(['new']);
        expect(found).toMatchObject({
          id: added,
          status: 'ACTIVE',
          encryptedPassword: `for ${added}`,
        });
        expect(
          await outcomeOf(registry.add(checkNewTenant({ ...draft, database: 'other' }), seal)),
        ).toBe('SlugTaken');
      },
      mapping,
    );
    await work;
    if (shape.change === 'TenantsReadOnly') expect(await theirs(database)).toEqual(before);
  });
});

describe('an ENUM that lacks a status', () => {
  it('an ENUM that lacks a status is reported before anything is created', async () => {
    const [, knex] = SHAPES;
    if (knex === undefined) throw new Error('There is no such shape.');
    const database = await databaseOf(knex);
    await migrateCentralLatest({ login: database, tenants: knex.mapping });
    const before = await theirs(database);

    const error = await rejectionOf(
      asking(database, ({ provisioning }) => provisioning.findBySlug('new'), knex.mapping),
    );

    expect(error).toMatchObject({ code: 'TenantStatusRefused', fault: 'configuration' });
    expect((error as Error).message).toContain(
      'status cannot hold FAILED: it accepts only ACTIVE, SUSPENDED, PROVISIONING',
    );
    expect(await theirs(database)).toEqual(before);
  });
});
