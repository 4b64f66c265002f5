import { describe, expect, it } from 'vitest';
import { rotatePassword } from '../../../src/core/credentials/rotate-password.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers, tickingPort, tickingServers } from '../support/memory-servers.ts';

const OLD = 'the old password';

/** A tenant whose server accepts the password in its row, and a rotation that can be killed. */
async function rotating() {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const tenant = { ...plain, encryptedPassword: await sealer.seal(plain, OLD) };
  const registry = memoryCredentials([{ tenant, next: null }]);
  const account = { user: tenant.address.user, from: '%' };
  await servers.using(tenant.address, await servers.admins.find(tenant.address), (server) =>
    server.createAccount(account, { password: OLD, requireTls: false }),
  );
  const stored = () => servers.accounts.get(`${account.user}@%`)?.passwords ?? [];
  const row = () => {
    const found = registry.rows.get(tenant.id);
    if (found === undefined) throw new Error('The row is gone.');
    return found;
  };
  const inRow = () => passwords.open(row().tenant);
  /** Rotates; the n-th call of a port is the one that kills the process. */
  const rotate = (keepOld: boolean, killAt = Number.POSITIVE_INFINITY) => {
    let calls = 0;
    const tick = () => {
      calls += 1;
      if (calls === killAt) throw new Error('killed');
    };
    return rotatePassword(tenant.id, {
      registry: tickingPort(registry, tick),
      servers: tickingServers(servers, tick),
      admins: servers.admins,
      passwords,
      sealer,
      keepOld,
    });
  };
  return { tenant, registry, servers, row, stored, inRow, rotate, sealer };
}

describe('rotatePassword', () => {
  it('rotatePassword replaces the password on the server and in the row', async () => {
    const { rotate, stored, inRow, row } = await rotating();
    expect(await rotate(false)).toEqual({ begun: true, oldIsValid: false });
    expect(await inRow()).not.toBe(OLD);
    expect(stored()).toEqual([await inRow()]);
    expect(row().next).toBeNull();
  });

  it('rotatePassword leaves the old password valid on request, and ends it in the next call', async () => {
    const { rotate, stored, inRow } = await rotating();
    expect(await rotate(true)).toEqual({ begun: true, oldIsValid: true });
    expect(stored()).toEqual([await inRow(), OLD]);
    expect(await rotate(false)).toEqual({ begun: false, oldIsValid: false });
    expect(stored()).toEqual([await inRow()]);
  });

  it('rotatePassword keeps a valid password in the row wherever it is killed, and finishes when repeated', async () => {
    let killed = 0;
    for (let killAt = 1; ; killAt += 1) {
      const { rotate, stored, inRow, row, servers } = await rotating();
      const attempt = await rotate(false, killAt).catch((error: Error) => error.message);
      if (attempt !== 'killed') break;
      killed += 1;
      expect(stored()).toContain(await inRow());
      expect(servers.locks.size).toBe(0);
      await rotate(false);
      expect(stored()).toEqual([await inRow()]);
      expect(await inRow()).not.toBe(OLD);
      expect(row().next).toBeNull();
    }
    // Fewer points would mean that the loop ended for another reason.
    expect(killed).toBeGreaterThan(10);
  });

  it('rotatePassword refuses a row that somebody else changes in between', async () => {
    const { rotate, registry, row, sealer } = await rotating();
    const { change } = registry;
    registry.change = async (found, changed) => {
      const { tenant } = row();
      const encryptedPassword = await sealer.seal(tenant, 'of somebody else');
      await change(row(), { encryptedPassword });
      return change(found, changed);
    };
    await expect(rotate(false)).rejects.toMatchObject({ code: 'TenantChanged', retryable: true });
  });

  it('rotatePassword refuses a password that the server does not accept, and changes nothing', async () => {
    const { rotate, servers, row, tenant } = await rotating();
    servers.accounts.clear();
    await expect(rotate(false)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(row()).toEqual({ tenant, next: null });
  });

  it('rotatePassword refuses a server that does not accept the new password', async () => {
    const { rotate, servers, inRow } = await rotating();
    const { using } = servers;
    servers.using = (address, login, work) =>
      using(address, login, (server) => work({ ...server, acceptBoth: async () => {} }));
    await expect(rotate(false)).rejects.toMatchObject({ code: 'PasswordNotTaken' });
    expect(await inRow()).toBe(OLD);
  });

  it('rotatePassword refuses a tenant that is gone', async () => {
    const { rotate, registry } = await rotating();
    registry.rows.clear();
    await expect(rotate(false)).rejects.toMatchObject({ code: 'TenantChanged' });
  });
});
