import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { moveById } from '../../../src/core/operator/move-operation.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';
import { tenantOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryDatabases } from '../support/memory-databases.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers } from '../support/memory-servers.ts';

const TYPED = 'hunter2-hunter2';

/** A tenant whose server accepts its stored password, and {@link TYPED} of the user "renamed". */
async function movable() {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const tenant = { ...plain, encryptedPassword: await sealer.seal(plain, 'the stored one') };
  const registry = memoryCredentials([{ tenant, next: null }]);
  await servers.using(tenant.address, await servers.admins.find(tenant.address), async (server) => {
    for (const [user, password] of [
      [tenant.address.user, 'the stored one'],
      ['renamed', TYPED],
    ] as const) {
      await server.createAccount({ user, from: '%' }, { password, requireTls: false });
    }
  });
  const tools = { registry, sealer, passwords, databases: memoryDatabases(servers) };
  const row = () => registry.rows.get(tenant.id)?.tenant;
  return { tenant, tools, row };
}

describe('moveById', () => {
  it('moveById answers with the address before and after, and with nothing else', async () => {
    const { tenant, tools, row } = await movable();
    const answer = await moveById({ tenantId: tenant.id, host: 'db9', port: 3307 }, tools);
    const to = { ...tenant.address, host: 'db9', port: 3307 };
    expect(answer).toEqual({ from: tenant.address, to });
    expect(OPERATIONS['move-tenant'].answer.parse(answer)).toEqual(answer);
    expect(row()?.address).toEqual(to);
  });

  it('moveById stores a typed password for the new user, and does not answer with it', async () => {
    const { tenant, tools, row } = await movable();
    const request = { tenantId: tenant.id, user: 'renamed', password: TYPED };
    expect(JSON.stringify(await moveById(request, tools))).not.toContain(TYPED);
    expect(await tools.passwords.open(row() ?? tenant)).toBe(TYPED);
  });

  it.each([
    ['a login that the new address refuses', { user: 'renamed' }, 'AccessDenied'],
    ['a port that no server has', { port: 70_000 }, 'TenantInvalid'],
    ['a host that is not a host name', { host: 'a:b' }, 'TenantInvalid'],
    ['an empty database', { database: '' }, 'TenantInvalid'],
  ])('moveById refuses %s, and the row stays', async (_, parts, code) => {
    const { tenant, tools, row } = await movable();
    const error = await rejectionOf(moveById({ tenantId: tenant.id, ...parts }, tools));
    expect(error).toMatchObject({ code });
    expect(row()).toEqual(tenant);
  });

  it('moveById has a typed password in no part of an error, also if the server repeats it', async () => {
    const { tenant, tools, row } = await movable();
    const refusal = new FanfoldError('TooManyConnections', `Refused "${TYPED}" for acme.`, {
      fault: 'tenant',
      retryable: true,
      nextStep: `Use another one than ${TYPED}.`,
    });
    const databases = { using: () => Promise.reject(refusal) };
    const request = { tenantId: tenant.id, host: 'db9', password: TYPED };
    const error = await rejectionOf(moveById(request, { ...tools, databases }));
    expect(error).toMatchObject({
      code: 'TooManyConnections',
      message: 'Refused "[secret]" for acme.',
      nextStep: 'Use another one than [secret].',
    });
    expect((error as FanfoldError).cause).toBeUndefined();
    expect(row()).toEqual(tenant);
  });
});
