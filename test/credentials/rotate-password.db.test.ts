import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import { moveTenant } from '../../src/core/credentials/move-tenant.ts';
import {
  type PasswordRotation,
  rotatePassword,
} from '../../src/core/credentials/rotate-password.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import { crashingProcess } from '../support/crashing.ts';
import type { TestDatabase } from '../support/database.ts';
import { addRow, newSlug, provisioningOn, tenantDatabases } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const never = new AbortController().signal;

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

/** A tenant that is ACTIVE, for the time of `work`. */
function withTenant<Result>(work: (rotation: PasswordRotation, id: string) => Promise<Result>) {
  return asking(central, async ({ provisioning, credentials }) => {
    const made = provisioningOn(provisioning, []);
    const id = await addRow(made, newSlug());
    await provisionTenant(id, made, never);
    const { admins, servers, passwords, sealer } = made;
    return work({ registry: credentials, admins, servers, passwords, sealer, keepOld: false }, id);
  });
}

/** The passwords of a row, opened. */
async function passwordsOf({ registry, passwords }: PasswordRotation, id: string) {
  const row = await registry.read(id);
  if (row === undefined) throw new Error(`There is no tenant ${id}.`);
  const { tenant, next } = row;
  return {
    tenant,
    current: await passwords.open(tenant),
    next: next === null ? null : await passwords.open({ ...tenant, encryptedPassword: next }),
  };
}

/** Whether the server accepts a password of a row. */
async function isTaken(rotation: PasswordRotation, id: string, password: string) {
  const { tenant } = await passwordsOf(rotation, id);
  const { host, port, user, database } = tenant.address;
  try {
    const connection = await createConnection({ host, port, user, database, password });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

describe('rotating the password of a tenant', () => {
  it('a rotation of a password leaves a new one, which works, and an old one, which does not', async () => {
    await withTenant(async (rotation, id) => {
      const before = await passwordsOf(rotation, id);
      expect(await rotatePassword(id, rotation)).toEqual({ begun: true, oldIsValid: false });

      const after = await passwordsOf(rotation, id);
      expect(after.current).not.toBe(before.current);
      expect(after.next).toBeNull();
      expect(await isTaken(rotation, id, after.current)).toBe(true);
      expect(await isTaken(rotation, id, before.current)).toBe(false);
      expect(await rotatePassword(id, rotation)).toMatchObject({ begun: true });
    });
  });

  it('rotating the password of a tenant can leave the old one valid until the next call, for programs that still use it', async () => {
    await withTenant(async (rotation, id) => {
      const before = await passwordsOf(rotation, id);
      const both = await rotatePassword(id, { ...rotation, keepOld: true });
      expect(both).toEqual({ begun: true, oldIsValid: true });
      const during = await passwordsOf(rotation, id);
      expect(during.next).toBe(during.current);
      expect(await isTaken(rotation, id, before.current)).toBe(true);
      expect(await isTaken(rotation, id, during.current)).toBe(true);

      expect(await rotatePassword(id, { ...rotation, keepOld: true })).toMatchObject({
        begun: false,
      });
      expect(await isTaken(rotation, id, before.current)).toBe(true);

      expect(await rotatePassword(id, rotation)).toEqual({ begun: false, oldIsValid: false });
      const after = await passwordsOf(rotation, id);
      expect([after.current, after.next]).toEqual([during.current, null]);
      expect(await isTaken(rotation, id, before.current)).toBe(false);
      expect(await isTaken(rotation, id, after.current)).toBe(true);
    });
  });

  it.each(['before', 'after'] as const)(
    'a working password is in the row when the rotation is killed %s any of its calls, twice',
    async (when) => {
      await withTenant(async (rotation, id) => {
        let reachedEnd = false;
        for (let at = 1; !reachedEnd; at += 1) {
          const old = (await passwordsOf(rotation, id)).current;
          for (const killedAt of [at, Math.max(1, at - 2)]) {
            const process = crashingProcess(killedAt, when);
            const registry = process.watch(rotation.registry);
            const servers = process.watch(rotation.servers);
            await rotatePassword(id, { ...rotation, registry, servers }).catch(() => {});
            reachedEnd = !process.crashed;
            const { current } = await passwordsOf(rotation, id);
            expect(await isTaken(rotation, id, current), `call ${at}`).toBe(true);
          }
          await rotatePassword(id, rotation);
          const { current, next } = await passwordsOf(rotation, id);
          expect(next).toBeNull();
          expect(current).not.toBe(old);
          expect(await isTaken(rotation, id, current)).toBe(true);
          expect(await isTaken(rotation, id, old)).toBe(false);
          expect(at).toBeLessThan(60);
        }
      });
    },
    120_000,
  );

  it('a rotation of a password keeps what else the account has: rights, TLS, limits', async () => {
    await withTenant(async (rotation, id) => {
      const { tenant } = await passwordsOf(rotation, id);
      const account = `'${tenant.address.user}'@'%'`;
      const root = await testServer().rootConnection();
      await root.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 7`);
      const [before] = await root.query(`SHOW GRANTS FOR ${account}`);
      await rotatePassword(id, rotation);
      const [after] = await root.query(`SHOW GRANTS FOR ${account}`);
      expect(withoutHash(after)).toEqual(withoutHash(before));
      const [[limits]] = (await root.query(
        'SELECT max_user_connections AS most FROM mysql.user WHERE user = ?',
        [tenant.address.user],
      )) as unknown as [[{ most: number }]];
      expect(limits.most).toBe(7);
    });
  });

  it('a rotation of a password fails with a clear error if the server takes neither password', async () => {
    await withTenant(async (rotation, id) => {
      const { tenant } = await passwordsOf(rotation, id);
      const root = await testServer().rootConnection();
      await root.query(`ALTER USER '${tenant.address.user}'@'%' IDENTIFIED BY 'By-hand-1234'`);
      expect(await rejectionOf(rotatePassword(id, rotation))).toMatchObject({
        code: 'AccessDenied',
        nextStep: expect.stringContaining('secrets:encrypt'),
      });
      expect(await passwordsOf(rotation, id)).toMatchObject({ next: null });
    });
  });
});

describe('moving a tenant', () => {
  it('moving a tenant encrypts the password anew for the new address, once that answers', async () => {
    await withTenant(async (rotation, id) => {
      const { tenant, current } = await passwordsOf(rotation, id);
      const root = await testServer().rootConnection();
      const database = `${tenant.address.database.slice(0, 50)}_moved`;
      const user = tenant.address.user;
      await root.query(`CREATE DATABASE \`${database}\``);
      await root.query(`GRANT ALL ON \`${database}\`.* TO '${user}'@'%'`);
      try {
        const moving = { ...rotation, databases: tenantDatabases };
        const { tenant: moved } = await moveTenant({ id, database }, moving);
        expect(moved.address).toEqual({ ...tenant.address, database });
        const after = await passwordsOf(rotation, id);
        expect(after.current).toBe(current);
        // Moved by hand, the password would not have opened.
        const byHand = { ...tenant, address: moved.address };
        expect(await rejectionOf(rotation.passwords.open(byHand))).toMatchObject({
          code: 'PasswordMoved',
        });

        const stays = async (change: object, code: unknown) => {
          const error = await rejectionOf(moveTenant({ id, ...change }, moving));
          expect(error).toMatchObject({ code });
          expect((await passwordsOf(rotation, id)).tenant.address).toEqual(moved.address);
        };
        await stays({ port: 1 }, 'ConnectionRefused');
        await stays({ host: 'nowhere.invalid' }, 'HostNotFound');
        await stays({ host: 'a:b' }, 'TenantInvalid');
        await stays({ password: 'Wrong-passw0rd!' }, 'AccessDenied');
        await stays(
          { database: 'nowhere' },
          expect.stringMatching(/^Database(Missing|AccessDenied)$/),
        );
        await rotatePassword(id, { ...rotation, keepOld: true });
        await stays({ database: tenant.address.database }, 'RotationUnderWay');
      } finally {
        await root.query(`DROP DATABASE \`${database}\``);
      }
    });
  });
});

function withoutHash(grants: unknown): string {
  return JSON.stringify(grants).replaceAll(/ IDENTIFIED (BY PASSWORD|VIA \w+ USING) '[^']*'/g, '');
}
