import { describe, expect, it } from 'vitest';
import { fitPage, type PageLimits } from '../../../src/core/operator/fit-page.ts';
import { tenantsAfter } from '../../../src/core/operator/tenants-after.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { directoryOf } from '../../support/fleet.ts';

function tenant(number: number): Tenant {
  const id = `id-${String(number).padStart(4, '0')}`;
  return {
    ...{ id, slug: id, name: id, status: 'ACTIVE', encryptedPassword: 'x' },
    ...{ schemaVersion: null, lastMigratedAt: null, lastRunId: null },
    address: { host: 'db', port: 3306, database: id, user: id },
  };
}

const FLEET = Array.from({ length: 450 }, (_, number) => tenant(number));

/** Reads a fleet page by page, each with a fresh listing, as one invocation after the other does. */
async function pagesOf(fleet: readonly Tenant[], limits: PageLimits, concurrency = 8) {
  const directory = directoryOf([...fleet].reverse());
  const pages: string[][] = [];
  let time = 0;
  let after = '';
  for (;;) {
    const tenants = tenantsAfter(directory, { status: 'ACTIVE' }, after);
    const work = async ({ id }: Tenant) => {
      time += 10;
      return id;
    };
    const { items, last } = await fitPage(tenants, concurrency, work, { now: () => time, limits });
    pages.push([...items]);
    if (last === undefined) return pages;
    after = last;
  }
}

describe('the pages of a fleet', () => {
  it.each<[string, PageLimits, number]>([
    ['bounded in bytes', { bytes: 200 }, 8],
    ['bounded in time', { milliseconds: 300 }, 8],
    ['of one tenant each, since nothing more fits', { bytes: 1 }, 1],
    ['that are not even long enough for one tenant', { milliseconds: 0 }, 1],
    ['without a bound that matters', {}, 3],
  ])('%s have every tenant exactly once', async (_, limits, concurrency) => {
    const pages = await pagesOf(FLEET, limits, concurrency);
    expect(pages.flat().sort()).toEqual(FLEET.map(({ id }) => id));
    for (const page of pages) expect(page.length).toBeGreaterThan(0);
  });

  it('a page ends once it is full, and the next one begins after it', async () => {
    const pages = await pagesOf(FLEET, { bytes: 200 }, 1);
    expect(pages.length).toBeGreaterThan(10);
    expect(pages[0]).toHaveLength(23);
    expect((await pagesOf(FLEET, {}))[0]).toHaveLength(FLEET.length);
  });

  it('a fleet without tenants is one empty page', async () => {
    expect(await pagesOf([], {})).toEqual([[]]);
  });
});
