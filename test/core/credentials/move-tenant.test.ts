import { describe, expect, it } from 'vitest';
import { type Move, moveTenant } from '../../../src/core/credentials/move-tenant.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryDatabases } from '../support/memory-databases.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers } from '../support/memory-servers.ts';

async function moving({ next = null }: { next?: string | null } = {}) {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const migrator = { ...plain.address, user: 'migrator' };
  const tenant = {
    ...plain,
    encryptedPassword: await sealer.seal(plain, 'of the application'),
    migrationLogin: {
      user: 'migrator',
      encryptedPassword: await sealer.seal({ ...plain, address: migrator }, 'of the migrator'),
    },
  };
  const registry = memoryCredentials([{ tenant, next }]);
  await servers.using(tenant.address, await servers.admins.find(tenant.address), async (server) => {
    for (const [user, password] of [
      [tenant.address.user, 'of the application'],
      ['migrator', 'of the migrator'],
      ['renamed', 'another one'],
    ] as const) {
      await server.createAccount({ user, from: '%' }, { password, requireTls: false });
    }
  });
  const move = async (parts: Omit<Move, 'id'>) => {
    const moving = { registry, databases: memoryDatabases(servers), passwords, sealer };
    const moved = await moveTenant({ id: tenant.id, ...parts }, moving);
    expect(moved.from).toEqual(tenant.address);
    return moved.tenant;
  };
  const row = () => registry.rows.get(tenant.id);
  return { tenant, servers, registry, passwords, move, row };
}

describe('moveTenant', () => {
  it('moveTenant changes the given parts of the address and keeps the rest', async () => {
    const { tenant, move, row, passwords } = await moving();
    const moved = await move({ host: 'db9.example.com', port: 3307 });
    expect(moved.address).toEqual({ ...tenant.address, host: 'db9.example.com', port: 3307 });
    expect(row()).toEqual({ tenant: moved, next: null });
    expect(await passwords.open(moved)).toBe('of the application');
  });

  it('moveTenant keeps what is stored for users who log in by IAM', async () => {
    const { move, registry, tenant, servers } = await moving();
    await servers.using(
      tenant.address,
      await servers.admins.find(tenant.address),
      async (server) => {
        for (const user of [tenant.address.user, 'migrator']) {
          await server.dropAccount({ user, from: '%' });
          const settings = { password: '', auth: 'iam', requireTls: true } as const;
          await server.createAccount({ user, from: '%' }, settings);
        }
      },
    );
    const migrationLogin = { user: 'migrator', encryptedPassword: 'iam' };
    registry.rows.set(tenant.id, {
      tenant: { ...tenant, encryptedPassword: 'iam', migrationLogin },
      next: null,
    });
    const moved = await move({ host: 'db9.example.com' });
    expect(moved).toMatchObject({ encryptedPassword: 'iam', migrationLogin });
  });

  it('moveTenant encrypts the password of the migration user for the new address, too', async () => {
    const { move, passwords } = await moving();
    const { id, address, migrationLogin } = await move({ database: 'renamed_db' });
    const encryptedPassword = migrationLogin?.encryptedPassword ?? '';
    const login = { id, address: { ...address, user: 'migrator' }, encryptedPassword };
    expect(await passwords.open(login)).toBe('of the migrator');
  });

  it('moveTenant stores another user with a given password', async () => {
    const { move, passwords } = await moving();
    expect(await passwords.open(await move({ user: 'renamed', password: 'another one' }))).toBe(
      'another one',
    );
  });

  it('moveTenant changes nothing if the database does not open with the password', async () => {
    const { tenant, move, row } = await moving();
    await expect(move({ user: 'renamed' })).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(row()).toEqual({ tenant, next: null });
  });

  it('moveTenant changes nothing if the migration user cannot log in at the new address', async () => {
    const { tenant, servers, move, row } = await moving();
    servers.accounts.delete('migrator@%');
    await expect(move({ host: 'db9.example.com' })).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(row()).toEqual({ tenant, next: null });
  });

  it('moveTenant refuses a tenant whose password is being rotated', async () => {
    const { move } = await moving({ next: 'a coming password' });
    await expect(move({ host: 'db9.example.com' })).rejects.toMatchObject({
      code: 'RotationUnderWay',
      fault: 'usage',
    });
  });

  it('moveTenant refuses an address that no server has', async () => {
    const { move } = await moving();
    await expect(move({ port: 70_000 })).rejects.toMatchObject({ code: 'TenantInvalid' });
  });

  it('moveTenant refuses a row that is gone or that somebody else has changed', async () => {
    const { move, registry } = await moving();
    registry.change = async () => false;
    await expect(move({ port: 3307 })).rejects.toMatchObject({ code: 'TenantChanged' });
    registry.rows.clear();
    await expect(move({ port: 3307 })).rejects.toMatchObject({ code: 'TenantChanged' });
  });
});
