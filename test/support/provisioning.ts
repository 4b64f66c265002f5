import { randomUUID } from 'node:crypto';
import { escapeId } from 'mysql2';
import { afterAll } from 'vitest';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createDatabaseServers } from '../../src/adapters/mysql/database-servers.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import type { CentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { createBundle, type Migration } from '../../src/core/bundle/bundle.ts';
import { fixedKeyRing } from '../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { createPasswordSealer } from '../../src/core/encryption/password-sealer.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import { newPassword } from '../../src/core/provision/new-password.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import {
  databaseNameOf,
  migrationUserNameOf,
  userNameOf,
} from '../../src/core/provision/tenant-names.ts';
import { testServer } from './server.ts';

const PROVISION_KEY = 'a-key-for-provisioning-32-bytes!';

const connection = { connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) };
const ring = fixedKeyRing(parseKeyRing(PROVISION_KEY));
const sealer = createPasswordSealer(ring, 'v2');

/** Tenant databases as the command line reaches them. */
export const tenantDatabases = createTenantDatabases(connection);

/** Tenants that a test has begun to provision; they are removed after the test file. */
const begun = new Set<{ database: string; user: string }>();

/** Everything real but the settings: the server of the tests, its root as the administrator. */
export function provisioningOn(
  registry: CentralDatabase['provisioning'],
  migrations: readonly Migration[],
  differing: Partial<Provisioning> = {},
): Provisioning {
  const { user, password } = testServer();
  const passwords = createPasswordOpener(ring);
  return {
    registry,
    admins: { find: async () => ({ user, password }) },
    servers: createDatabaseServers(connection),
    passwords,
    sealer,
    attemptTenant: createMigrateTenant({
      databases: tenantDatabases,
      passwords,
    }),
    bundle: createBundle(migrations),
    settings: { accountsFrom: '%', requireTls: () => false, privileges: ['ALL'] },
    clock: { now: Date.now, sleep: async () => {} },
    random: Math.random,
    retry: { attempts: 3, baseMs: 1, capMs: 1 },
    ...differing,
  };
}

/** Adds the row of a tenant that is to be provisioned, and returns its id. */
export async function addRow(
  { registry }: Pick<Provisioning, 'registry'>,
  slug: string,
  differing: Partial<{ database: string; user: string; host: string; port: number }> = {},
): Promise<string> {
  const id = randomUUID();
  const { host, port } = testServer();
  const address = {
    host,
    port,
    database: databaseNameOf(slug),
    user: userNameOf(slug),
    ...differing,
  };
  begun.add(address);
  const encryptedPassword = await sealer.seal({ id, address }, newPassword());
  return registry.add({
    ...{ id, slug, name: slug, status: 'PROVISIONING' },
    address,
    encryptedPassword,
  });
}

/** Has database and users of a slug dropped after the test file, as {@link addRow} does. */
export function forgetAfterTest(slug: string): void {
  begun.add({ database: databaseNameOf(slug), user: userNameOf(slug) });
}

/** A slug that no other test has: databases and users of the server are named after it. */
export function newSlug(): string {
  return `p5-${randomUUID().slice(0, 8)}`;
}

/** Objects of a tenant on its server. */
export async function onServer(slug: string): Promise<{ databases: string[]; users: string[] }> {
  const root = await testServer().rootConnection();
  const [databases] = await root.query('SHOW DATABASES LIKE ?', [
    databaseNameOf(slug).replaceAll('_', '\\_'),
  ]);
  const [users] = await root.query('SELECT user AS name FROM mysql.user WHERE user IN (?)', [
    [userNameOf(slug), migrationUserNameOf(userNameOf(slug))],
  ]);
  await root.end();
  return {
    databases: (databases as object[]).flatMap((row) => Object.values(row)),
    users: (users as { name: string }[]).map(({ name }) => name),
  };
}

afterAll(async () => {
  if (begun.size === 0) return;
  const root = await testServer().rootConnection();
  for (const { database, user } of begun) {
    await root.query(`DROP DATABASE IF EXISTS ${escapeId(database, true)}`);
    for (const one of [user, migrationUserNameOf(user)]) {
      await root.query(`DROP USER IF EXISTS ${root.escape(one)}@'%'`);
    }
  }
});
