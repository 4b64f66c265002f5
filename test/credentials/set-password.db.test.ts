import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  makePassword,
  type PasswordMaking,
  storePassword,
} from '../../src/core/credentials/store-password.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { accountText } from '../../src/core/wording/account-sql.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { addRow, newSlug, provisioningOn, tenantDatabases } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const never = new AbortController().signal;
const PASSWORD = 'Ünusual-1 \'pass\' \\ "word"';

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

interface Given {
  readonly making: PasswordMaking;
  readonly id: string;
  readonly tenant: Tenant;
  /** Runs statements as root; `?` is the account. */
  asRoot(...statements: readonly string[]): Promise<void>;
  /** The stored password. */
  stored(): Promise<string>;
}

/** A tenant that is ACTIVE, for the time of `work`. */
function withTenant(work: (given: Given) => Promise<void>): Promise<void> {
  return asking(central, async ({ provisioning, credentials }) => {
    const made = provisioningOn(provisioning, []);
    const id = await addRow(made, newSlug());
    await provisionTenant(id, made, never);
    const { admins, servers, passwords, sealer } = made;
    const making = {
      registry: credentials,
      databases: tenantDatabases,
      admins,
      servers,
      passwords,
      sealer,
    };
    const read = async () => {
      const row = await credentials.read(id);
      if (row === undefined) throw new Error('The tenant is gone.');
      return row.tenant;
    };
    const tenant = await read();
    const account = accountText({ user: tenant.address.user, from: '%' });
    await work({
      making,
      id,
      tenant,
      asRoot: async (...statements) => {
        const root = await testServer().rootConnection();
        for (const statement of statements) await root.query(statement.replace('?', account));
        await root.end();
      },
      stored: async () => passwords.open(await read()),
    });
  });
}

async function opens({ address }: Tenant, password: string): Promise<boolean> {
  try {
    await (await createConnection({ ...address, password })).end();
    return true;
  } catch {
    return false;
  }
}

describe('a password that is given', () => {
  it('a given password is stored if the database accepts it, for any characters in it', async () => {
    await withTenant(async ({ making, id, asRoot, stored }) => {
      const quoted = PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''");
      await asRoot(`ALTER USER ? IDENTIFIED BY '${quoted}'`);
      await storePassword(id, 'application', PASSWORD, making);
      expect(await stored()).toBe(PASSWORD);
    });
  });

  it('a given password is not stored if the server refuses it, or the database cannot be opened', async () => {
    await withTenant(async ({ making, id, tenant, asRoot, stored }) => {
      const before = await stored();
      const refused = await rejectionOf(storePassword(id, 'application', 'Not-it-1', making));
      expect(refused).toMatchObject({ code: 'AccessDenied' });
      expect(JSON.stringify(refused)).not.toContain('Not-it-1');
      await asRoot(`DROP DATABASE ${tenant.address.database}`);
      const missing = await rejectionOf(storePassword(id, 'application', before, making));
      expect(missing).toMatchObject({
        code: 'DatabaseMissing',
        nextStep: expect.stringContaining(`CREATE DATABASE \`${tenant.address.database}\``),
      });
      expect(await stored()).toBe(before);
    });
  });

  it('a given password is refused for a migration user if the tenant has none', async () => {
    await withTenant(async ({ making, id }) => {
      expect(await rejectionOf(storePassword(id, 'migration', 'x', making))).toMatchObject({
        code: 'MigrationUserMissing',
      });
    });
  });
});

describe('a password that is made', () => {
  it('a new password is set by an administrator and stored, if the stored one does not work', async () => {
    await withTenant(async ({ making, id, tenant, asRoot, stored }) => {
      const before = await stored();
      expect(await makePassword(id, 'application', making)).toBe('works already');
      expect(await stored()).toBe(before);
      await asRoot("ALTER USER ? IDENTIFIED BY 'Another-1-pass'");
      expect(await makePassword(id, 'application', making)).toBe('set');
      expect(await stored()).not.toBe(before);
      expect(await opens(tenant, await stored())).toBe(true);
    });
  });

  it('a new password is not created if there is no account, or several', async () => {
    await withTenant(async ({ making, id, tenant, asRoot, stored }) => {
      const { user } = tenant.address;
      const before = await stored();
      await asRoot(
        "ALTER USER ? IDENTIFIED BY 'Another-1-pass'",
        `CREATE USER '${user}'@'10.9.8.%' IDENTIFIED BY 'Third-1-pass'`,
      );
      expect(await rejectionOf(makePassword(id, 'application', making))).toMatchObject({
        code: 'AccountAmbiguous',
        message: expect.stringContaining(`'${user}'@'%', '${user}'@'10.9.8.%'`),
      });
      expect(await makePassword(id, 'application', { ...making, accountsFrom: '%' })).toBe('set');
      expect(await stored()).not.toBe(before);
      await asRoot(`DROP USER '${user}'@'10.9.8.%'`, 'DROP USER ?');
      expect(await rejectionOf(makePassword(id, 'application', making))).toMatchObject({
        code: 'AccountMissing',
        nextStep: expect.stringContaining(`CREATE USER '${user}'@'%' IDENTIFIED BY '<password>';`),
      });
    });
  });

  it('a new password is not created if the key does not open the stored one, since the key may be wrong', async () => {
    await withTenant(async ({ making, id, tenant, stored }) => {
      const before = await stored();
      const wrongKey = {
        ...making,
        passwords: {
          open: async () => {
            throw Object.assign(new Error('wrong key'), { code: 'PasswordWrongKey' });
          },
        },
      };
      await expect(makePassword(id, 'application', wrongKey)).rejects.toThrow('wrong key');
      expect(await opens(tenant, before)).toBe(true);
    });
  });
});
