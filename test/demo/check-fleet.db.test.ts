import { describe, expect, it } from 'vitest';
import { checkFleet } from '../../demo/check-fleet.ts';
import type { Condition } from '../../demo/companies.ts';
import { createDatabase } from '../support/database.ts';

describe('the demo, looking at its fleet', () => {
  it('the demo names everything that is not as it should be', async () => {
    const central = await createDatabase('demo_central');
    await central.query('CREATE TABLE tenants (id INT, slug VARCHAR(190))');
    await central.query('CREATE TABLE fanfold_tenants (tenantId INT, schemaVersion VARCHAR(64))');
    const empty = await createDatabase('demo_empty');
    const altered = await createDatabase('demo_altered');
    await altered.query('CREATE TABLE users (id INT)');
    await altered.query('INSERT INTO users VALUES (1)');
    await altered.query('CREATE TABLE roles (id INT)');
    await altered.query('CREATE TABLE apps (id INT)');
    await altered.query('CREATE TABLE tasks (priority INT)');
    await altered.query('CREATE TABLE knex_migrations (id INT, name VARCHAR(255))');
    const tenant = (name: string, login: typeof central) => ({
      name,
      slug: name,
      condition: 'provisioned' as Condition,
      login,
    });

    const check = checkFleet({
      encryptionKey: '',
      central,
      scratch: central,
      tenants: [tenant('Empty', empty), tenant('Altered', altered)],
    });

    await expect(check).rejects.toMatchObject({
      differences: [
        expect.stringMatching(/^Empty: Table '.*users' doesn't exist$/),
        expect.stringMatching(/^Rows of Altered: expected {"users":0.*, got {"users":1/),
        expect.stringMatching(/^Migrations of Altered: expected \["20250101090000.*, got \[\]$/),
        'Tenants recorded as migrated: expected 2, got 0',
      ],
    });
  });
});
