import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { lookAtProvisioning, undoById } from '../../../src/core/operator/undo-operations.ts';
import { beginProvisioning } from '../../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryProvisioning } from '../support/memory-provisioning.ts';

const DRAFT = { slug: 'acme', host: 'db0.example.com' };

/** A tenant of which provisioning has made nothing but the row. */
async function begun(changes: Partial<Provisioning> = {}) {
  const world = memoryProvisioning(changes);
  const tenantId = await beginProvisioning(DRAFT, world.provisioning);
  return { ...world, tenantId };
}

/** A tenant whose provisioning was killed when its user and its database were made. */
async function halfMade() {
  for (let killAt = 1; ; killAt += 1) {
    const world = await begun();
    const { tenantId, killedAt, servers } = world;
    const outcome = await provisionTenant(tenantId, killedAt(killAt), new AbortController().signal);
    expect(outcome.status).not.toBe('active');
    if (servers.databases.size > 0) return world;
  }
}

describe('looking at what would be removed', () => {
  it('a look shows the parts of a tenant without its passwords, and changes nothing', async () => {
    const { registry, servers, tenantId } = await halfMade();
    const before = structuredClone([registry.rows, servers.databases]);
    const parts = await lookAtProvisioning({ slug: 'acme' }, { registry });
    const { answer } = OPERATIONS['look-at-provisioning'];
    expect(answer.parse(JSON.parse(JSON.stringify(parts)))).toEqual(parts);
    const row = registry.rows.get(tenantId);
    expect(parts).toEqual({
      ...{ id: tenantId, mark: row?.mark, address: row?.tenant.address, migrationUser: undefined },
    });
    expect([registry.rows, servers.databases]).toEqual(before);
  });

  it('a look names the second user of a tenant that migrates with its own', async () => {
    const { provisioning } = memoryProvisioning();
    const settings = { ...provisioning.settings, migrationPrivileges: ['ALL'] };
    const { registry, tenantId } = await begun({ settings });
    const parts = await lookAtProvisioning({ slug: 'acme' }, { registry });
    expect(parts.migrationUser).toBe(registry.rows.get(tenantId)?.tenant.migrationLogin?.user);
    expect(parts.migrationUser).toBeDefined();
  });

  it('a look refuses a slug that no tenant has, and a tenant that is in use', async () => {
    const { registry, tenantId, provisioning } = await begun();
    expect(await rejectionOf(lookAtProvisioning({ slug: 'missing' }, { registry }))).toMatchObject({
      code: 'TenantUnknown',
      message: expect.stringContaining('"missing"'),
    });
    await provisionTenant(tenantId, provisioning, new AbortController().signal);
    expect(await rejectionOf(lookAtProvisioning({ slug: 'acme' }, { registry }))).toMatchObject({
      code: 'TenantNotUndoable',
      message: expect.stringContaining('ACTIVE'),
    });
  });
});

describe('removing a tenant that was never ACTIVE', () => {
  it('a removal takes away the database, the user and the row, and finds nothing when repeated', async () => {
    const { registry, servers, tenantId, provisioning } = await halfMade();
    expect([servers.databases.size, servers.accounts.size]).toEqual([1, 1]);
    expect(await undoById({ tenantId }, provisioning)).toEqual({ notAsked: undefined });
    expect([servers.databases.size, servers.accounts.size, registry.rows.size]).toEqual([0, 0, 0]);
    expect(await rejectionOf(undoById({ tenantId }, provisioning))).toMatchObject({
      code: 'TenantUnknown',
      fault: 'usage',
    });
  });

  it('a removal says why the server was not asked if nothing was made on it yet', async () => {
    const { registry, tenantId, provisioning } = await begun();
    const admins = {
      find: () =>
        Promise.reject(
          new FanfoldError('HostNotFound', 'There is no host "db0".', {
            fault: 'tenant',
            nextStep: 'Correct it.',
          }),
        ),
    };
    const answer = await undoById({ tenantId }, { ...provisioning, admins });
    expect(OPERATIONS['undo-provisioning'].answer.parse(answer)).toEqual({
      notAsked: { code: 'HostNotFound', message: 'There is no host "db0".' },
    });
    expect(registry.rows.size).toBe(0);
  });
});
