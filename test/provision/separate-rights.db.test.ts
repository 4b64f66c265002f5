import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createInspectDatabase } from '../../src/adapters/mysql/inspect-database.ts';
import type { CentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { moveTenant } from '../../src/core/credentials/move-tenant.ts';
import { rotateKeys } from '../../src/core/credentials/rotate-keys.ts';
import { createExamineTenant } from '../../src/core/doctor/examine-tenant.ts';
import type { KeyRing } from '../../src/core/encryption/key-ring.ts';
import { openPassword } from '../../src/core/encryption/open-password.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { createPasswordSealer } from '../../src/core/encryption/password-sealer.ts';
import { loginToMigrate } from '../../src/core/migrate/login-to-migrate.ts';
import { beginProvisioning } from '../../src/core/provision/begin-provisioning.ts';
import { APPLICATION_PRIVILEGES } from '../../src/core/provision/database-privileges.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { undoProvisioning } from '../../src/core/provision/undo-provisioning.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import {
  addRow,
  forgetAfterTest,
  newSlug,
  provisioningOn,
  tenantDatabases,
} from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

const never = new AbortController().signal;
const SEPARATE = {
  settings: {
    accountsFrom: '%',
    requireTls: () => false,
    privileges: APPLICATION_PRIVILEGES,
    migrationPrivileges: ['ALL'],
  },
} satisfies Partial<Provisioning>;

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

interface Given {
  readonly given: Provisioning;
  readonly database: CentralDatabase;
}

function provisioning<Result>(
  work: (given: Given) => Promise<Result>,
  differing: Partial<Provisioning> = SEPARATE,
): Promise<Result> {
  return asking(central, (database) =>
    work({ database, given: provisioningOn(database.provisioning, SHOP, differing) }),
  );
}

/** A tenant with two users, ACTIVE. */
async function provisioned({ given }: Given): Promise<Tenant> {
  const { host, port } = testServer();
  const slug = newSlug();
  forgetAfterTest(slug);
  const id = await beginProvisioning({ slug, host, port }, given);
  const outcome = await provisionTenant(id, given, never);
  if (outcome.status !== 'active') throw new Error(JSON.stringify(outcome));
  return outcome.tenant;
}

/** Sends one statement as a user of the tenant; resolves to `ok` or to the number of the error. */
async function trying(
  { passwords }: Provisioning,
  login: Pick<Tenant, 'id' | 'address' | 'encryptedPassword'>,
  sql: string,
): Promise<number | 'ok'> {
  const { host, port, user, database } = login.address;
  const password = await passwords.open(login);
  const connection = await createConnection({ host, port, user, database, password });
  try {
    await connection.query(sql);
    return 'ok';
  } catch (error) {
    return (error as { errno: number }).errno;
  } finally {
    await connection.end();
  }
}

const CREATE = 'CREATE TABLE by_hand (id INT)';
const INSERT = "INSERT INTO customers (email) VALUES ('a@example.org')";

describe('a tenant whose migrations have a user of their own', () => {
  it('a tenant with a migration user has two users: one works with rows, the other one changes the schema', async () => {
    await provisioning(async (all) => {
      const tenant = await provisioned(all);
      expect(tenant.migrationLogin?.user).toBe(`${tenant.address.user}_migrate`);
      expect(await trying(all.given, tenant, INSERT)).toBe('ok');
      expect(await trying(all.given, tenant, CREATE)).toBe(1142);
      expect(await trying(all.given, loginToMigrate(tenant), CREATE)).toBe('ok');
    });
  });

  it('a tenant with a migration user is migrated by that user', async () => {
    await provisioning(async (all) => {
      const { id } = await provisioned(all);
      const [tenant] = await all.database.directory.findByIds([id]);
      if (tenant === undefined) throw new Error('The tenant is gone.');
      const more = [
        ...SHOP,
        migration('20260401000000_add_table', (knex) => knex.raw('CREATE TABLE more (id INT)')),
      ];
      const { attemptTenant, bundle } = provisioningOn(all.database.provisioning, more, SEPARATE);
      const request = {
        command: 'migrate',
        strict: false,
        allowMissing: false,
        lockWaitTimeoutSeconds: 2,
      } as const;
      const attempt = await attemptTenant(tenant, { runId: 'r', bundle, request });
      expect(attempt).toMatchObject({ status: 'migrated' });
    });
  });

  it('a tenant with a migration user is healthy to the doctor, who inspects both users', async () => {
    await provisioning(async (all) => {
      const tenant = await provisioned(all);
      const { passwords, bundle } = all.given;
      const tls = createTlsChooser({ mode: 'auto' });
      const inspect = createInspectDatabase({ connectTimeoutMs: 3_000, tls });
      const examine = createExamineTenant({ inspect, passwords });
      const { status, checks } = await examine(tenant, bundle);
      expect(status).toBe('well');
      const { user } = tenant.address;
      const lineOf = (name: string) => checks.find((check) => check.name === name);
      expect(lineOf('privileges')).toMatchObject({ message: 'all that migrations may need' });
      expect(lineOf('application')).toEqual({
        name: 'application',
        status: 'ok',
        message: `${user} works with rows only`,
      });

      const root = await testServer().rootConnection();
      await root.query(`GRANT DROP ON \`${tenant.address.database}\`.* TO '${user}'@'%'`);
      expect((await examine(tenant, bundle)).checks).toContainEqual(
        expect.objectContaining({ status: 'note', code: 'ApplicationMayMigrate' }),
      );
    });
  });

  it('a tenant with a migration user is also provisioned if an API server has added the row', async () => {
    const { host } = testServer();
    const slug = newSlug();
    forgetAfterTest(slug);
    await central.query(
      "INSERT INTO tenants (slug, name, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (?, 'n', ?, ?, '', '', '')",
      [slug, host, testServer().port],
    );
    await provisioning(async ({ given }) => {
      const row = await given.registry.findBySlug(slug);
      const outcome = await provisionTenant(row?.tenant.id ?? '', given, never);
      expect(outcome).toMatchObject({ status: 'active', tenant: { migrationLogin: {} } });
    });
  });

  it('a tenant with a migration user does not touch a user that was not created for it, and its own users are removed again', async () => {
    await provisioning(async ({ given }) => {
      const slug = newSlug();
      forgetAfterTest(slug);
      const { host, port } = testServer();
      const id = await beginProvisioning({ slug, host, port }, given);
      const user = (await given.registry.read(id))?.tenant.address.user;
      const root = await testServer().rootConnection();
      await root.query(`CREATE USER '${user}_migrate'@'%' IDENTIFIED BY 'somebody else’s'`);

      expect(await provisionTenant(id, given, never)).toMatchObject({
        status: 'failed',
        failedStep: 'account',
        failure: { code: 'UserTaken', message: expect.stringContaining(`"${user}_migrate"`) },
      });
      expect(await usersLike(user)).toEqual([`${user}_migrate`]);
    });
  });

  it('a tenant with a migration user is removed with both of its users', async () => {
    await provisioning(async ({ given }) => {
      const slug = newSlug();
      const { host, port } = testServer();
      const id = await beginProvisioning({ slug, host, port }, given);
      const stopped = { ...given, attemptTenant: () => Promise.reject(new Error('killed')) };
      await provisionTenant(id, stopped, AbortSignal.abort());
      const row = await given.registry.read(id);
      if (row === undefined) throw new Error('The row is gone.');
      await undoProvisioning(row, given);
      expect(await usersLike(row.tenant.address.user)).toEqual([]);
      expect(await given.registry.read(id)).toBeUndefined();
    });
  });

  it('a tenant with a migration user keeps both passwords through a rotation of the key, and through a move', async () => {
    await provisioning(async (all) => {
      const { id } = await provisioned(all);
      const { credentials: registry } = all.database;
      const before = await registry.read(id);
      if (before === undefined) throw new Error('The row is gone.');
      const passwordsOf = (ring: KeyRing, tenant: Tenant) => [
        openPassword(ring, tenant),
        openPassword(ring, loginToMigrate(tenant)),
      ];
      const old = parseKeyRing(RING_BEFORE);
      const expected = passwordsOf(old, before.tenant);
      expect(new Set(expected).size).toBe(2);

      const ring = parseKeyRing(RING_AFTER);
      const source = { current: async () => ring, readAgain: async () => ring };
      const rotation = { registry, ring: source, keepOld: true, onPage: () => {} };
      expect(await rotateKeys(rotation, never)).toMatchObject({ failed: [], interrupted: false });
      const rotated = await registry.read(id);
      if (rotated === undefined) throw new Error('The row is gone.');
      expect(rotated.tenant.migrationLogin?.encryptedPassword).toMatch(/^v2:k2:/);
      expect(passwordsOf(ring, rotated.tenant)).toEqual(expected);

      const { tenant: moved } = await moveTenant(
        { id, host: 'localhost' },
        {
          registry,
          databases: tenantDatabases,
          passwords: { open: async (login) => openPassword(ring, login) },
          sealer: createPasswordSealer(source, 'v2'),
        },
      );
      expect(moved.address.host).toBe('localhost');
      const stored = await registry.read(id);
      expect(stored?.tenant).toMatchObject({ address: moved.address });
      expect(passwordsOf(ring, stored?.tenant ?? moved)).toEqual(expected);
    });
  });

  it.each([
    ['migrationPassword', { migrationUser: 'somebody' }],
    ['migrationUser', { migrationPassword: 'v2:…' }],
  ])(
    'a tenant with a migration user is not migrated while its row lacks the %s',
    async (lacking, { ...set }) => {
      await provisioning(async ({ given, database }) => {
        const slug = newSlug();
        const id = await addRow(given, slug);
        await central.query(
          'UPDATE fanfold_tenants SET migrationUser = NULL, migrationPassword = NULL WHERE tenantId = ?',
          [id],
        );
        await central.query('UPDATE fanfold_tenants SET ? WHERE tenantId = ?', [set, id]);
        const [tenant] = await database.directory.findByIds([id]);
        if (tenant === undefined) throw new Error('The tenant is gone.');
        expect(() => loginToMigrate(tenant)).toThrow(`and no ${lacking}.`);
      }, {});
    },
  );
});

const RING_BEFORE = 'a-key-for-provisioning-32-bytes!';
const RING_AFTER = JSON.stringify({
  active: 'k2',
  v1: 'k1',
  keys: { k1: RING_BEFORE, k2: 'another-key-of-exactly-32-bytes!' },
});

async function usersLike(user: string | undefined): Promise<string[]> {
  const root = await testServer().rootConnection();
  const [rows] = await root.query('SELECT user AS name FROM mysql.user WHERE user LIKE ?', [
    `${user?.replaceAll('_', '\\_')}%`,
  ]);
  return (rows as { name: string }[]).map(({ name }) => name);
}
