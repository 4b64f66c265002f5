import { describe, expect, it } from 'vitest';
import { countTenants, findTenants, tenantById } from '../../../src/core/operator/find-tenants.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';
import { directoryOf, fleetOf, idOf, refOf, tenantOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

describe('finding tenants for an operator', () => {
  it('tenants are found by slugs and ids, each once and in the order of the names', async () => {
    const directory = directoryOf(fleetOf(5));
    const names = ['tenant-003', idOf(1), idOf(3)];
    expect(await findTenants({ names }, directory)).toEqual({ tenants: [refOf(3), refOf(1)] });
  });

  it('tenants are handed over without logins and without ciphertext', async () => {
    const migrationLogin = { user: 'migrator', encryptedPassword: 'second ciphertext' };
    const found = await findTenants(
      { names: ['tenant-001'] },
      directoryOf([tenantOf(1, { migrationLogin })]),
    );
    const sent = JSON.stringify(found);
    expect(OPERATIONS.find.answer.parse(JSON.parse(sent)).tenants).toEqual([refOf(1)]);
    expect(sent).not.toMatch(/ciphertext|migrator/);
  });

  it('tenants that are gone are left out if they are searched by ids', async () => {
    const directory = directoryOf(fleetOf(2));
    expect(await findTenants({ ids: [idOf(1), idOf(7)] }, directory)).toEqual({
      tenants: [refOf(1)],
    });
  });

  it('every name that no tenant has is in the error', async () => {
    const names = ['tenant-000', 'nobody', 'no-one'];
    const error = await rejectionOf(findTenants({ names }, directoryOf(fleetOf(1))));
    expect(error).toMatchObject({
      code: 'TenantUnknown',
      fault: 'usage',
      message: expect.stringContaining('"nobody", "no-one"'),
    });
    expect(String(error)).not.toContain('tenant-000');
  });

  it('a slug that several tenants have is refused with the ids by which they differ', async () => {
    const twins = [tenantOf(1, { slug: 'acme' }), tenantOf(2, { slug: 'acme' })];
    expect(await rejectionOf(findTenants({ names: ['acme'] }, directoryOf(twins)))).toMatchObject({
      code: 'TenantAmbiguous',
      message: expect.stringContaining('the slug of several tenants'),
      nextStep: expect.stringContaining(`"${idOf(1)}" or "${idOf(2)}"`),
    });
  });

  it.each<[string, readonly number[]]>([
    ['that is found first', [1, 2]],
    ['that is found last', [2, 1]],
  ])(
    'a name that is the slug of a tenant %s and the id of another is refused',
    async (_, order) => {
      const rows = order.map((number) =>
        tenantOf(number, number === 1 ? { slug: 'acme' } : { id: 'acme' }),
      );
      expect(await rejectionOf(findTenants({ names: ['acme'] }, directoryOf(rows)))).toMatchObject({
        code: 'TenantAmbiguous',
        message: `"acme" is the slug of "Tenant 1" (id ${idOf(1)}) and the id of "Tenant 2" (slug "tenant-002").`,
        nextStep: expect.stringContaining(`"${idOf(1)}" or "tenant-002"`),
      });
    },
  );
});

describe('the row of one tenant', () => {
  it('the row of a tenant is read as it is now', async () => {
    const rows = fleetOf(2);
    Object.assign(rows[1] ?? {}, { status: 'SUSPENDED' });
    expect(await tenantById(idOf(1), directoryOf(rows))).toMatchObject({ status: 'SUSPENDED' });
  });

  it('the row of a tenant that is gone since it was found is missed by its id', async () => {
    expect(await rejectionOf(tenantById(idOf(9), directoryOf(fleetOf(1))))).toMatchObject({
      code: 'TenantUnknown',
      fault: 'usage',
      message: expect.stringContaining(idOf(9)),
    });
  });
});

it('only ACTIVE tenants are counted, on the named hosts if there are any', async () => {
  const directory = directoryOf(
    fleetOf(6, (number) => ({
      host: number < 4 ? 'a' : 'b',
      status: number === 0 ? 'SUSPENDED' : 'ACTIVE',
    })),
  );
  expect(await countTenants({}, directory)).toEqual({ tenants: 5 });
  expect(await countTenants({ hosts: ['a'] }, directory)).toEqual({ tenants: 3 });
});
