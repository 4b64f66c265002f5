import { expect, test } from 'vitest';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { checkFleet } from '../../../../src/core/safety/checks/check-fleet.ts';
import type { CheckTenant } from '../../../../src/core/safety/checks/check-tenant.ts';
import type { DataAnswer } from '../../../../src/core/safety/checks/data-answer.ts';
import type { Tenant } from '../../../../src/core/tenant.ts';
import { alter, column, create, index, primary, table } from '../lint/lint-statements.ts';

const before = table([column('id'), column('a')], { indexes: [primary('id')] });
const after = { ...before, indexes: [...before.indexes, index('u', ['a'], { isUnique: true })] };
const recording = {
  server: {
    product: 'MySQL',
    isMariaDb: false,
    version: '8.4.0',
    number: 8_004_000,
    lowerCaseTableNames: 0 as const,
  },
  migrations: [
    { id: '1_create', statements: [create(before)] },
    { id: '2_unique', statements: [alter(before, after)] },
  ],
};

const tenantOf = (slug: string, host = 'db1'): Tenant =>
  ({
    id: slug,
    slug,
    name: slug,
    status: 'ACTIVE',
    address: { host, port: 3306, database: slug, user: 'u' },
  }) as Tenant;

async function* planned(...tenants: readonly Tenant[]): AsyncGenerator<Outcome, void, undefined> {
  for (const [position, tenant] of tenants.entries()) {
    yield {
      ...{ status: 'planned', wave: 1, position, tries: 1, durationMs: 0, notes: [] },
      tenant: { id: tenant.id, slug: tenant.slug, name: tenant.name, database: '' },
      pending: tenant.slug === 'done' ? [] : ['2_unique.js'],
    } as Outcome;
  }
}

async function checked(
  tenants: readonly Tenant[],
  checkTenant: CheckTenant,
  pace: { atATime: number; maxPerHost?: number } = { atATime: 4 },
  signal?: AbortSignal,
) {
  const unread: string[] = [];
  const told: string[] = [];
  const findings = await checkFleet(
    planned(...tenants),
    { recording, seconds: 5, ...pace },
    {
      directory: { findByIds: async (ids) => tenants.filter(({ id }) => ids.includes(id)) },
      checkTenant,
      onTenant: ({ slug }, answers) => told.push(`${slug} ${answers.length}`),
      onUnread: ({ slug }) => unread.push(slug),
    },
    signal,
  );
  return { findings, unread, told };
}

const failure = {
  ...{ code: 'ConnectionTimedOut', message: 'No answer.', nextStep: 'Look.', retryable: true },
  fingerprint: 'x',
} as never;

test('the answers of a fleet are counted by check, with examples and without tenants that have nothing pending', async () => {
  const answers: Readonly<Record<string, DataAnswer>> = {
    b: { status: 'found', effect: 'refuses', count: 2, key: [{ column: 'id', value: '7' }] },
    a: { status: 'found', effect: 'changes', count: 1, key: [] },
    c: { status: 'unfinished', seconds: 5 },
    d: { status: 'refused', why: 'No such table' },
  };
  const { findings, told } = await checked(
    ['a', 'b', 'c', 'd', 'e', 'done'].map((slug) => tenantOf(slug)),
    async (tenant, checks) => ({
      answers: checks.map((check) => ({
        check,
        answer: answers[tenant.slug] ?? { status: 'clean' },
      })),
    }),
  );
  expect(findings).toMatchObject({
    asked: 5,
    withRows: 2,
    unread: 0,
    clean: 0,
    blocked: [],
    unchecked: [],
  });
  expect(findings.findings).toMatchObject([
    { found: { refuses: 1, changes: 1 }, unfinished: 1, refused: 1, why: 'No such table' },
  ]);
  expect(findings.findings[0]?.examples.map(({ tenant }) => tenant.slug)).toEqual(['a', 'b']);
  expect(told.sort()).toEqual(['a 1', 'b 1', 'c 1', 'd 1', 'e 0']);
});

test('tenants of a host that does not answer twice are not asked, and hold up no other', async () => {
  const asked: string[] = [];
  const slugs = ['x1', 'x2', 'x3', 'x4', 'y1', 'y2'];
  const { findings, unread } = await checked(
    slugs.map((slug) => tenantOf(slug, slug.startsWith('x') ? 'dead' : 'alive')),
    async ({ slug, address }) => {
      asked.push(slug);
      return address.host === 'dead' ? { answers: [], failure } : { answers: [] };
    },
  );
  expect(unread.sort()).toEqual(['x1', 'x2', 'x3', 'x4']);
  expect(asked.filter((slug) => slug.startsWith('x')).length).toBeLessThan(4);
  expect(findings).toMatchObject({ asked: 6, unread: 4 });
});

test('no more tenants of one host are asked at a time than allowed', async () => {
  let now = 0;
  let most = 0;
  await checked(
    Array.from({ length: 12 }, (_, at) => tenantOf(`t${at}`)),
    async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((done) => setTimeout(done, 2));
      now -= 1;
      return { answers: [] };
    },
    { atATime: 8, maxPerHost: 3 },
  );
  expect(most).toBe(3);
});

test('an interruption ends the checks after those that run', async () => {
  const interruption = new AbortController();
  const { findings } = await checked(
    Array.from({ length: 50 }, (_, at) => tenantOf(`t${at}`)),
    async () => {
      interruption.abort();
      return { answers: [] };
    },
    { atATime: 2 },
    interruption.signal,
  );
  expect(findings.asked).toBeLessThan(4);
});

test('an error that is not about a tenant ends the checks with it', async () => {
  const broken = checked([tenantOf('a')], async () => {
    throw new Error('a defect');
  });
  await expect(broken).rejects.toThrow('a defect');
});
