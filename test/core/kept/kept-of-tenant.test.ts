import { expect, test } from 'vitest';
import { cannotBeKept } from '../../../src/core/kept/kept-errors.ts';
import type { KeptObject } from '../../../src/core/kept/kept-object.ts';
import { createKeptOfTenant } from '../../../src/core/kept/kept-of-tenant.ts';
import { parseAge } from '../../../src/core/kept/parse-age.ts';
import { tenantOf } from '../../support/migrating.ts';

const TENANT = tenantOf({
  host: 'db1',
  port: 3306,
  database: 'acme',
  user: 'a',
  password: 'secret-word',
});

function kept(name: string, day: number): KeptObject {
  const of = { table: 't', columns: [], migration: 'm', runId: 'r', rows: 1, bytes: 2 };
  return { ...of, name, keptAt: new Date(Date.UTC(2026, 10, day)), restoredAt: undefined };
}

function reading(list: () => Promise<KeptObject[]>) {
  const dropped: string[][] = [];
  const drop = async (_: unknown, names: readonly string[]) => {
    dropped.push([...names]);
  };
  const passwords = { open: async () => 'secret-word' };
  return { keptOf: createKeptOfTenant({ store: { list, drop }, passwords }), dropped };
}

test('without an age everything is listed, and nothing dropped', async () => {
  const { keptOf, dropped } = reading(async () => [kept('b', 20), kept('a', 1)]);
  expect(await keptOf(TENANT)).toMatchObject({
    isDropped: false,
    kept: [{ name: 'b' }, { name: 'a' }],
  });
  expect(dropped).toEqual([]);
});

test('with an age only what is older is dropped', async () => {
  const { keptOf, dropped } = reading(async () => [kept('b', 20), kept('a', 1)]);
  const before = new Date(Date.UTC(2026, 10, 10));
  expect(await keptOf(TENANT, before)).toMatchObject({ isDropped: true, kept: [{ name: 'a' }] });
  expect(dropped).toEqual([['a']]);
  expect(await keptOf(TENANT, new Date(0))).toMatchObject({ kept: [] });
  expect(dropped).toHaveLength(1);
});

test('a tenant that cannot be read is data, and shows no password', async () => {
  const { keptOf } = reading(async () => {
    throw new Error('no way with secret-word');
  });
  const answer = await keptOf(TENANT);
  expect(answer.status).toBe('failed');
  expect(JSON.stringify(answer)).not.toContain('secret-word');
});

test.each([
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
  ['4w', 2_419_200_000],
  ['30', undefined],
  ['-1d', undefined],
  ['1.5d', undefined],
  ['30 days', undefined],
])('the age %s is %s ms', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test('what cannot be kept is not dropped, and the way on is named', () => {
  const error = cannotBeKept('the table `t`', 'It has triggers.');
  expect(error.message).toMatch(/cannot be kept aside: It has triggers\. Nothing was dropped\.$/);
  expect(error.nextStep).toContain("{ keep: false, why: '…' }");
});
