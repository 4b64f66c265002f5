import { describe, expect, it } from 'vitest';
import { checkNewTenant } from '../../../src/core/central/new-tenant.ts';
import { asking, createCentralDatabase, insertTenants } from '../../support/central-database.ts';
import { collect } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const acme = checkNewTenant({
  slug: 'acme',
  name: 'Acme Corp',
  status: 'ACTIVE',
  host: 'db1',
  port: 3307,
  database: 'acme_db',
  user: 'acme_user',
});
const seal = async () => '00:11';

describe('the tenant registry', () => {
  it('the tenant registry adds a tenant and finds it again', async () => {
    const database = await createCentralDatabase();

    const added = await asking(database, ({ registry }) => registry.add(acme, seal));

    expect(added).toEqual({
      ...acme,
      encryptedPassword: '00:11',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      schemaVersion: null,
      lastMigratedAt: null,
      lastRunId: null,
    });
    expect(await asking(database, ({ registry }) => collect(registry.list({})))).toEqual([added]);
  });

  it('the tenant registry refuses a slug that is already used', async () => {
    const database = await createCentralDatabase();
    await asking(database, async ({ registry }) => {
      await registry.add(acme, seal);

      expect(await rejectionOf(registry.add(acme, seal))).toMatchObject({
        code: 'SlugTaken',
        fault: 'usage',
        message: 'There already is a tenant with the slug "acme".',
      });
      for (const slug of ['Acme', 'ácme']) await registry.add({ ...acme, slug }, seal);
    });
  });

  it('the tenant registry stores values of maximum length, and a password of 1,000 characters', async () => {
    const database = await createCentralDatabase();
    const longest = checkNewTenant({
      slug: '🏭'.repeat(190),
      name: '🏭'.repeat(255),
      host: 'h'.repeat(255),
      port: 65_535,
      database: 'ü'.repeat(64),
      user: 'ü'.repeat(80),
    });
    // 1,000 characters of four bytes, padded, in hex after the initialization vector.
    const encryptedPassword = `${'ab'.repeat(16)}:${'cd'.repeat(4_016)}`;

    expect(
      await asking(database, ({ registry }) =>
        registry.add(longest, async () => encryptedPassword),
      ),
    ).toMatchObject({ ...longest, encryptedPassword });
  });

  it('the tenant registry lists tenants of every status by slug, beyond a page', async () => {
    const database = await createCentralDatabase();
    const slugs = Array.from({ length: 1_001 }, (_, n) => `t${String(n).padStart(4, '0')}`);
    await insertTenants(
      database,
      slugs
        .map((slug, n) => ({
          slug,
          status: n % 2 === 0 ? 'ACTIVE' : 'NEW_KIND',
          dbHost: n < 3 ? 'db2' : 'db1',
        }))
        .reverse(),
    );
    const list = (filter: Parameters<typeof registryList>[1]) => registryList(database, filter);

    expect(await list({})).toEqual(slugs);
    expect(await list({ status: 'ACTIVE' })).toEqual(slugs.filter((_, n) => n % 2 === 0));
    expect(await list({ hosts: ['db2'] })).toEqual(slugs.slice(0, 3));
    expect(await list({ status: 'ARCHIVED' })).toEqual([]);
  });

  it('the tenant registry changes the status of one tenant', async () => {
    const database = await createCentralDatabase();
    await insertTenants(database, [
      { id: 'a', slug: 'a' },
      { id: 'b', slug: 'b' },
    ]);

    await asking(database, async ({ registry }) => {
      await registry.setStatus('a', 'SUSPENDED');
      await registry.setStatus('a', 'SUSPENDED');
    });

    expect(await database.query('SELECT id, status FROM tenants ORDER BY id')).toEqual([
      { id: 'a', status: 'SUSPENDED' },
      { id: 'b', status: 'ACTIVE' },
    ]);
  });

  it('the tenant registry reports a tenant that does not exist', async () => {
    const database = await createCentralDatabase();

    const error = await rejectionOf(
      asking(database, ({ registry }) => registry.setStatus('nobody', 'ACTIVE')),
    );

    expect(error).toMatchObject({ code: 'TenantUnknown', fault: 'usage' });
    expect((error as Error).message).toContain('"nobody"');
  });

  it('a tenant is read from both tables as it was at one moment', async () => {
    const database = await createCentralDatabase();
    const { id } = await asking(database, ({ registry }) => registry.add(acme, seal));
    const writer = await database.multiConnection();
    let isDone = false;
    const write = async () => {
      for (let state = 0; !isDone; state += 1)
        await writer.query(
          `UPDATE tenants AS t JOIN fanfold_tenants AS f ON f.tenantId = t.id
           SET t.dbPassword = ?, f.dbPasswordNext = ? WHERE t.id = ?`,
          [`00:${state}`, `00:${state}`, id],
        );
    };
    const writing = write();
    const seen = new Set<string>();
    await asking(database, async ({ credentials }) => {
      for (let time = 0; time < 80; time += 1) {
        const row = await credentials.read(id);
        if (row?.next === null || row?.next === undefined) continue;
        expect(row.tenant.encryptedPassword).toBe(row.next);
        seen.add(row.next);
      }
    });
    isDone = true;
    await writing;
    writer.destroy();
    expect(seen.size).toBeGreaterThan(20);
  });
});

type Database = Awaited<ReturnType<typeof createCentralDatabase>>;
type Filter = Parameters<Parameters<Parameters<typeof asking>[1]>[0]['registry']['list']>[0];

function registryList(database: Database, filter: Filter): Promise<string[]> {
  return asking(database, async ({ registry }) =>
    (await collect(registry.list(filter))).map(({ slug }) => slug),
  );
}
