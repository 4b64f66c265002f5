import { describe, expect, it } from 'vitest';
import {
  makePassword,
  type PasswordMaking,
  storePassword,
} from '../../../src/core/credentials/store-password.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryDatabases } from '../support/memory-databases.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers } from '../support/memory-servers.ts';

const SET_BY_HAND = 'set by hand on the server';

/** A tenant in whose row is another password than the server accepts. */
async function outdated(changes: Partial<Tenant> = {}, next: string | null = null) {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const tenant = {
    ...plain,
    encryptedPassword: await sealer.seal(plain, 'outdated'),
    ...changes,
  };
  const registry = memoryCredentials([{ tenant, next }]);
  const addAccount = async (user: string, from: string, password: string) =>
    servers.using(tenant.address, await servers.admins.find(tenant.address), (server) =>
      server.createAccount({ user, from }, { password, requireTls: false }),
    );
  await addAccount(tenant.address.user, '%', SET_BY_HAND);
  const making: PasswordMaking = {
    registry,
    databases: memoryDatabases(servers),
    sealer,
    passwords,
    servers,
    admins: servers.admins,
  };
  const stored = () => registry.rows.get(tenant.id)?.tenant ?? tenant;
  const opened = () => passwords.open(stored());
  return { tenant, registry, servers, making, stored, opened, addAccount, passwords };
}

const MIGRATOR = { user: 'migrator', encryptedPassword: 'not one' };

describe('storePassword', () => {
  it('storePassword stores a password that the database opens with', async () => {
    const { tenant, making, opened } = await outdated();
    await storePassword(tenant.id, 'application', SET_BY_HAND, making);
    expect(await opened()).toBe(SET_BY_HAND);
  });

  it('storePassword stores the password of the migration user for that user', async () => {
    const { tenant, making, stored, opened, addAccount, passwords } = await outdated({
      migrationLogin: MIGRATOR,
    });
    await addAccount('migrator', '%', 'migrates');
    await storePassword(tenant.id, 'migration', 'migrates', making);
    const { id, address, migrationLogin } = stored();
    const encryptedPassword = migrationLogin?.encryptedPassword ?? '';
    const login = { id, address: { ...address, user: 'migrator' }, encryptedPassword };
    expect(await passwords.open(login)).toBe('migrates');
    expect(await opened()).toBe('outdated');
  });

  it('storePassword changes nothing if the database does not open with the password', async () => {
    const { tenant, making, opened } = await outdated();
    await expect(
      storePassword(tenant.id, 'application', 'a typing error', making),
    ).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await opened()).toBe('outdated');
  });

  it('storePassword refuses values that the row does not allow', async () => {
    const { tenant, making } = await outdated();
    await expect(storePassword(tenant.id, 'migration', 'any', making)).rejects.toMatchObject({
      code: 'MigrationUserMissing',
    });
    const rotating = await outdated({}, 'a coming password');
    await expect(
      storePassword(tenant.id, 'application', SET_BY_HAND, rotating.making),
    ).rejects.toMatchObject({ code: 'RotationUnderWay' });
  });

  it('storePassword refuses a row that is gone or that somebody else has changed', async () => {
    const { tenant, making, registry } = await outdated();
    registry.change = async () => false;
    await expect(
      storePassword(tenant.id, 'application', SET_BY_HAND, making),
    ).rejects.toMatchObject({
      code: 'TenantChanged',
    });
    registry.rows.clear();
    await expect(
      storePassword(tenant.id, 'application', SET_BY_HAND, making),
    ).rejects.toMatchObject({
      code: 'TenantChanged',
    });
  });
});

describe('makePassword', () => {
  it('makePassword gives the account a new password and stores it', async () => {
    const { tenant, making, opened, servers } = await outdated();
    expect(await makePassword(tenant.id, 'application', making)).toBe('set');
    const password = await opened();
    expect(password).toHaveLength(43);
    expect(servers.accounts.get(`${tenant.address.user}@%`)?.passwords).toEqual([password]);
  });

  it('makePassword leaves a working password unchanged', async () => {
    const { tenant, making, opened, servers } = await outdated();
    await storePassword(tenant.id, 'application', SET_BY_HAND, making);
    expect(await makePassword(tenant.id, 'application', making)).toBe('works already');
    expect(await opened()).toBe(SET_BY_HAND);
    expect(servers.accounts.get(`${tenant.address.user}@%`)?.passwords).toEqual([SET_BY_HAND]);
  });

  it('makePassword replaces text that is not an encrypted password', async () => {
    const { tenant, making } = await outdated({ encryptedPassword: 'plain text' });
    expect(await makePassword(tenant.id, 'application', making)).toBe('set');
  });

  it('makePassword changes nothing on the server if the stored password does not open with this key', async () => {
    const other = memoryKeyRing();
    await other.store.write({ ...other.ring, keys: new Map(), active: 'k9' });
    const { tenant, making, servers } = await outdated();
    await expect(
      makePassword(tenant.id, 'application', { ...making, passwords: other.passwords }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/Key/) });
    expect(servers.accounts.get(`${tenant.address.user}@%`)?.passwords).toEqual([SET_BY_HAND]);
  });

  it('makePassword requires a choice if the user has several accounts, and uses the named one', async () => {
    const { tenant, making, servers, addAccount } = await outdated();
    const { user } = tenant.address;
    await addAccount(user, '10.1.%', 'of another network');
    await expect(makePassword(tenant.id, 'application', making)).rejects.toMatchObject({
      code: 'AccountAmbiguous',
      message: expect.stringContaining('10.1.%'),
    });
    const accountsFrom = '10.1.%';
    expect(await makePassword(tenant.id, 'application', { ...making, accountsFrom })).toBe('set');
    expect(servers.accounts.get(`${user}@%`)?.passwords).toEqual([SET_BY_HAND]);
  });

  it('makePassword names the existing accounts if the requested one does not exist', async () => {
    const { tenant, making, servers } = await outdated();
    const elsewhere = { ...making, accountsFrom: '10.9.%' };
    await expect(makePassword(tenant.id, 'application', elsewhere)).rejects.toMatchObject({
      code: 'AccountMissing',
      nextStep: expect.stringContaining(`'${tenant.address.user}'@'%'`),
    });
    servers.accounts.clear();
    await expect(makePassword(tenant.id, 'application', making)).rejects.toMatchObject({
      code: 'AccountMissing',
    });
  });
});
