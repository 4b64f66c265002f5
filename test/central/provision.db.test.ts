import { describe, expect, it } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { beginProvisioning } from '../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import { undoProvisioning } from '../../src/core/provision/undo-provisioning.ts';
import { asking } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import { forgetAfterTest, newSlug, onServer, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

const never = new AbortController().signal;

/** A product's own table, as Prisma makes it with counted ids and words in lower case. */
async function product(id: string): Promise<TestDatabase> {
  const database = await createDatabase('product');
  await database.query(
    `CREATE TABLE tenants (id ${id} PRIMARY KEY, slug VARCHAR(191) NOT NULL UNIQUE, name VARCHAR(191) NOT NULL,
      status ENUM('provisioning', 'active', 'failed', 'closed') NOT NULL, dbHost VARCHAR(191) NOT NULL, dbPort INT NOT NULL,
      dbName VARCHAR(191) NULL, dbUser VARCHAR(191) NULL, dbPassword VARCHAR(500) NULL, updatedAt DATETIME(3) NOT NULL)
      DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
  await migrateCentralLatest({ login: database });
  return database;
}

const IDS = ['INT AUTO_INCREMENT', 'BINARY(16)', 'VARCHAR(191)'];

describe.each(IDS)("a tenant in a product's own table with ids %s", (ids) => {
  it("a tenant in a product's own table is provisioned from a name, and its password can be decrypted for its id", async () => {
    const central = await product(ids);
    const slug = newSlug();
    forgetAfterTest(slug);
    const { host, port } = testServer();

    const outcome = await asking(central, async ({ provisioning: registry, directory }) => {
      const given = provisioningOn(registry, SHOP);
      const id = await beginProvisioning({ slug, host, port }, given);
      const made = await provisionTenant(id, given, never);
      const [tenant] = await directory.findByNames([slug]);
      if (tenant !== undefined) await given.passwords.open(tenant);
      return { made, tenant };
    });

    expect(outcome).toMatchObject({
      made: { status: 'active' },
      tenant: { status: 'ACTIVE', schemaVersion: expect.any(String) },
    });
    expect(await central.query('SELECT status FROM tenants')).toEqual([{ status: 'active' }]);
  });

  it("a tenant that fails in a product's own table leaves nothing but its row with its failure, and can be removed", async () => {
    const central = await product(ids);
    const slug = newSlug();
    forgetAfterTest(slug);
    const { host, port } = testServer();
    const broken = [migration('1_broken', (knex) => knex.raw('INSERT INTO nowhere VALUES (1)'))];

    await asking(central, async ({ provisioning: registry }) => {
      const given = provisioningOn(registry, broken);
      const id = await beginProvisioning({ slug, host, port }, given);
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'failed' });
      expect(await central.query('SELECT status FROM tenants')).toEqual([{ status: 'failed' }]);
      expect(await onServer(slug)).toEqual({ databases: [], users: [] });

      const row = await registry.findBySlug(slug);
      if (row === undefined) throw new Error('The row is gone.');
      await undoProvisioning(row, given);
    });

    expect(await central.query('SELECT id FROM tenants')).toEqual([]);
    expect(await central.query('SELECT tenantId FROM fanfold_tenants')).toEqual([]);
  });
});

it('a mark of provisioning does not count for another tenant that is given the id', async () => {
  const central = await product('VARCHAR(191)');
  const slug = newSlug();
  forgetAfterTest(slug);
  const { host, port } = testServer();
  await asking(central, async ({ provisioning: registry }) => {
    const given = provisioningOn(registry, SHOP);
    const id = await beginProvisioning({ slug, host, port }, given);
    expect(await registry.mark(id, 'database')).toBe(true);
    // The product deletes the row, restores another under the same id, and knows nothing of ours.
    await central.query("UPDATE tenants SET dbPassword = '00:11', dbName = 'somebodys'");

    expect(await registry.read(id)).toMatchObject({ mark: null });
    expect(await registry.fail(id, 'taken away')).toBe(false);
    expect(await registry.remove(id)).toBe(false);
  });
});
