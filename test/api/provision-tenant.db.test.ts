import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  FanfoldError,
  fixedKeyRing,
  ProvisioningError,
  parseKeyRing,
  provisionTenant,
} from '../../src/api/index.ts';
import { createCentralDatabase } from '../support/central-database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { onServer } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const MIGRATIONS = {
  '1_create_users.mjs': `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());
export const down = (knex) => knex.schema.dropTable('users');`,
};

describe('provisionTenant', () => {
  it('provisionTenant provisions a tenant whose row an API has inserted, and returns its steps', async () => {
    const { host, port, user, password } = testServer();
    const central = await createCentralDatabase();
    const slug = `p5-${randomUUID().slice(0, 8)}`;
    const id = randomUUID();
    await central.query(
      `INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword)
       VALUES (?, ?, 'Acme', ?, ?, '', '', '')`,
      [id, slug, host, port],
    );
    onTestFinished(async () => {
      const root = await testServer().rootConnection();
      const { databases, users } = await onServer(slug);
      for (const name of databases) await root.query(`DROP DATABASE \`${name}\``);
      for (const name of users) await root.query(`DROP USER '${name}'@'%'`);
    });
    const options = {
      centralDatabaseUrl: central.url,
      keyRing: fixedKeyRing(parseKeyRing('k'.repeat(32))),
      migrations: await fixtureFolder(MIGRATIONS),
    };

    const failed = await rejectionOf(
      provisionTenant(id, {
        ...options,
        admins: { find: async () => ({ user, password: 'Wrong-passw0rd!' }) },
      }),
    );
    expect(failed).toBeInstanceOf(ProvisioningError);
    expect(failed).toBeInstanceOf(FanfoldError);
    expect(failed).toMatchObject({
      code: 'AdminAccessDenied',
      outcome: { failedStep: 'account', steps: [{ step: 'claim' }] },
    });

    const admins = { find: async () => ({ user, password }) };
    expect(await provisionTenant(id, { ...options, admins })).toMatchObject({
      status: 'active',
      applied: [{ name: '1_create_users.mjs' }],
    });
    expect(await provisionTenant(id, { ...options, admins })).toMatchObject({
      status: 'active',
      applied: [],
    });
    const [row] = await central.query('SELECT status, dbName FROM tenants');
    expect(row).toEqual({ status: 'ACTIVE', dbName: `${slug.replaceAll('-', '_')}_db` });
  });
});
