import { expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { examinePage } from '../../../src/core/operator/examine-page.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { OPERATIONS, type PageToken } from '../../../src/core/wire/operator-schemas.ts';
import { directoryOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

function tenant(number: number): Tenant {
  const id = `id-${String(number).padStart(4, '0')}`;
  return {
    ...{ id, slug: id, name: id, status: 'ACTIVE', encryptedPassword: 'x' },
    ...{ schemaVersion: null, lastMigratedAt: null, lastRunId: null },
    address: { host: number % 2 === 0 ? 'dead' : 'full', port: 3306, database: id, user: id },
  };
}

const rows = Array.from({ length: 40 }, (_, number) => tenant(number));

function examining() {
  const asked: string[] = [];
  const dependencies = {
    directory: directoryOf(rows),
    bundle: createBundle([]),
    now: () => 0,
    limits: { bytes: 1_200 },
    passwords: { open: async () => 'pw' },
    inspect: async ({ host }: { readonly host: string }) => {
      asked.push(host);
      const code = host === 'dead' ? 'ConnectionTimedOut' : 'TooManyConnections';
      const options = { fault: 'tenant', nextStep: 'Wait.', retryable: true } as const;
      throw new FanfoldError(code, `${host} does not let anybody in.`, options);
    },
  };
  return { asked, dependencies };
}

it.each<[string, readonly string[] | undefined]>([
  ['a fleet', undefined],
  ['a list in an order of its own', rows.map(({ id }) => id).reverse()],
])('examinations of %s go over pages that travel as JSON, each tenant once', async (_, ids) => {
  const { asked, dependencies } = examining();
  const { request, answer } = OPERATIONS.examine;
  const all: string[] = [];
  const gone: string[] = [];
  let page: PageToken | undefined;
  let pages = 0;
  do {
    const list = ids && [...ids.slice(0, 20), 'id-of-nobody', ...ids.slice(20)];
    const event = JSON.parse(JSON.stringify({ concurrency: 1, ids: list, page }));
    const examined = await examinePage(request.parse(event), dependencies);
    const heard = answer.parse(JSON.parse(JSON.stringify(examined)));
    all.push(...heard.examined.map(({ examination }) => examination.tenant.id));
    gone.push(...heard.gone);
    page = heard.next;
    pages += 1;
  } while (page !== undefined);
  expect(pages).toBeGreaterThan(3);
  expect(all).toEqual(ids ?? rows.map(({ id }) => id));
  expect(gone).toEqual(ids === undefined ? [] : ['id-of-nobody']);
  expect(asked.filter((host) => host === 'dead')).toHaveLength(2);
});

it('a function that only looks refuses to repair', async () => {
  const { asked, dependencies } = examining();
  const error = await rejectionOf(examinePage({ concurrency: 1, fix: {} }, dependencies));
  expect(error).toMatchObject({ code: 'EventInvalid' });
  expect(asked).toEqual([]);
});
