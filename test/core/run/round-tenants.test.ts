import { expect, it } from 'vitest';
import type { RoundMember } from '../../../src/core/migrate/candidate.ts';
import { roundTenants } from '../../../src/core/run/round-tenants.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { collect, directoryOf, failedOutcome, fleetOf, idOf, stream } from '../../support/fleet.ts';

function members(count: number): RoundMember[] {
  return Array.from({ length: count }, (_, position) => ({
    id: idOf(position),
    wave: 1,
    position,
  }));
}

function round(rows: Tenant[], list: readonly RoundMember[], now = () => 0) {
  const directory = directoryOf(rows);
  const stop = new AbortController();
  const options = { findByIds: directory.findByIds, now, stop: stop.signal };
  return { directory, stop, entries: roundTenants(stream(list), options) };
}

it('roundTenants reads tenants in pages of 500 and keeps the order of the list', async () => {
  const { directory, entries } = round(fleetOf(1_200), members(1_200));
  const read = await collect(entries);
  expect(read.map((entry) => 'tenant' in entry && entry.tenant.id)).toEqual(
    members(1_200).map(({ id }) => id),
  );
  expect(directory.pages).toEqual([500, 500, 200]);
});

it('roundTenants skips tenants that are gone or no longer active, with the reason', async () => {
  const rows = fleetOf(3, (number) => (number === 1 ? { status: 'SUSPENDED' } : {}));
  const before = failedOutcome(2, { tries: 4 });
  const list = [...members(2), { id: idOf(2), wave: 1, position: 2, before }];
  const { entries } = round(rows.slice(0, 2), list);
  const [first, suspended, gone] = await collect(entries);
  expect(first).toMatchObject({ position: 0, tenant: { slug: 'tenant-000' } });
  expect(suspended).toMatchObject({
    skipped: {
      status: 'skipped',
      tenant: { slug: 'tenant-001' },
      position: 1,
      tries: 0,
      reason: 'It is SUSPENDED now; only ACTIVE tenants are migrated.',
    },
  });
  expect(gone).toMatchObject({
    before,
    skipped: {
      tenant: { slug: 'tenant-002' },
      tries: 4,
      reason: 'It is no longer in the central database.',
    },
  });
});

it('roundTenants names a tenant that is gone and was never seen by its id', async () => {
  const { entries } = round([], members(1));
  expect(await collect(entries)).toMatchObject([
    { skipped: { tenant: { id: idOf(0), slug: idOf(0), name: idOf(0), database: '' } } },
  ]);
});

it('roundTenants reads rows again that became old before the turn of their tenants', async () => {
  let now = 0;
  const rows = fleetOf(4);
  const { directory, entries } = round(rows, members(4), () => now);
  await entries.next();
  await entries.next();
  now = 61_000;
  rows[2] = { ...rows[2], encryptedPassword: 'corrected' } as Tenant;
  const { value } = await entries.next();
  expect(value).toMatchObject({ tenant: { encryptedPassword: 'corrected' } });
  await entries.next();
  expect(directory.pages).toEqual([4, 2]);
});

it('roundTenants reads no further page once the run is stopped', async () => {
  const { directory, stop, entries } = round(fleetOf(1_200), members(1_200));
  await entries.next();
  stop.abort();
  // The page that was read is yielded, so that its tenants can be named.
  expect(await collect(entries)).toHaveLength(499);
  expect(directory.pages).toEqual([500]);
});
