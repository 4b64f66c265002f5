import { expect, it } from 'vitest';
import { resolveActive } from '../../../src/core/list/resolve-active.ts';
import { directoryOf, fleetOf, idOf, tenantOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

it('resolveActive returns slugs and ids in the order in which they were given, each tenant once', async () => {
  const directory = directoryOf(fleetOf(4));
  const found = await resolveActive(directory, ['tenant-003', idOf(1), 'tenant-001', 'tenant-003']);
  expect(found.map(({ slug }) => slug)).toEqual(['tenant-003', 'tenant-001']);
});

it('resolveActive reads the directory in pages', async () => {
  const rows = fleetOf(2_500);
  const sizes: number[] = [];
  const directory = {
    findByNames: async (names: readonly string[]) => {
      sizes.push(names.length);
      const wanted = new Set(names);
      return rows.filter(({ slug }) => wanted.has(slug));
    },
  };
  const names = rows.map(({ slug }) => slug);
  expect(await resolveActive(directory, names)).toHaveLength(2_500);
  expect(sizes).toEqual([1_000, 1_000, 500]);
});

it('resolveActive names all unknown tenants', async () => {
  const directory = directoryOf(fleetOf(2));
  const error = await rejectionOf(resolveActive(directory, ['tenant-001', 'acme"corp', 'nobody']));
  expect(error).toMatchObject({
    code: 'TenantUnknown',
    fault: 'usage',
    message: 'No tenants have these slugs or ids: "acme"corp", "nobody".',
  });
  expect(await rejectionOf(resolveActive(directory, ['nobody']))).toMatchObject({
    message: 'No tenant has the slug or id "nobody".',
  });
});

it('resolveActive refuses a name that is the slug of one tenant and the id of another', async () => {
  const directory = directoryOf([tenantOf(1), tenantOf(2, { slug: idOf(1), name: 'Confusing' })]);
  const error = await rejectionOf(resolveActive(directory, [idOf(1)]));
  expect(error).toMatchObject({
    code: 'TenantAmbiguous',
    fault: 'usage',
    message: `"${idOf(1)}" is the slug of "Confusing" (id ${idOf(2)}) and the id of "Tenant 1" (slug "tenant-001").`,
    nextStep: `Name the tenant so that it is the only one: "${idOf(2)}" or "tenant-001".`,
  });
});

it('resolveActive accepts a tenant whose slug is its own id', async () => {
  const directory = directoryOf([tenantOf(1, { slug: idOf(1) })]);
  expect(await resolveActive(directory, [idOf(1)])).toHaveLength(1);
});

it('resolveActive refuses tenants that are not active, with their status', async () => {
  const directory = directoryOf([
    tenantOf(1),
    tenantOf(2, { status: 'SUSPENDED' }),
    tenantOf(3, { status: 'ARCHIVED' }),
  ]);
  expect(await rejectionOf(resolveActive(directory, ['tenant-001', 'tenant-002']))).toMatchObject({
    code: 'TenantNotActive',
    fault: 'usage',
    message: 'Tenant "tenant-002" is SUSPENDED; only ACTIVE tenants are migrated.',
  });
  const both = await rejectionOf(resolveActive(directory, ['tenant-002', 'tenant-003']));
  expect(both).toHaveProperty(
    'message',
    expect.stringContaining('"tenant-002" (SUSPENDED), "tenant-003" (ARCHIVED)'),
  );
});
