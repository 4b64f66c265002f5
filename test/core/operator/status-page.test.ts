import { expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { statusPage } from '../../../src/core/operator/status-page.ts';
import type { ReadTenant } from '../../../src/core/status/read-tenant.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { OPERATIONS, type PageToken } from '../../../src/core/wire/operator-schemas.ts';
import { directoryOf, failedAttempt } from '../../support/fleet.ts';

function tenant(number: number, host: string): Tenant {
  const id = `id-${String(number).padStart(4, '0')}`;
  return {
    ...{ id, slug: id, name: id, status: 'ACTIVE', encryptedPassword: 'x' },
    ...{ schemaVersion: null, lastMigratedAt: null, lastRunId: null },
    address: { host, port: 3306, database: id, user: id },
  };
}

it('the status of a fleet is read over pages that travel as JSON, and a dead server is asked twice in all', async () => {
  const rows = Array.from({ length: 60 }, (_, number) =>
    tenant(number, number % 3 === 0 ? 'dead' : 'alive'),
  );
  const asked: string[] = [];
  const readTenant: ReadTenant = async ({ address: { host } }) => {
    asked.push(host);
    return host === 'alive'
      ? { status: 'planned', pending: [], notes: [] }
      : { ...failedAttempt('ConnectionTimedOut'), notes: [] };
  };
  const { request, answer } = OPERATIONS.status;
  const all: unknown[] = [];
  let page: PageToken | undefined;
  let pages = 0;
  do {
    const read = await statusPage(
      request.parse(JSON.parse(JSON.stringify({ concurrency: 1, page }))),
      {
        directory: directoryOf(rows),
        readTenant,
        bundle: createBundle([]),
        now: () => 0,
        limits: { bytes: 1_500 },
      },
    );
    const heard = answer.parse(JSON.parse(JSON.stringify(read)));
    expect(heard.found).toEqual(pages === 0 ? { tenants: 60, migrations: 0 } : undefined);
    all.push(...heard.readings.map(({ tenant: { id } }) => id));
    page = heard.next;
    pages += 1;
  } while (page !== undefined);
  expect(pages).toBeGreaterThan(3);
  expect(all).toEqual(rows.map(({ id }) => id));
  expect(asked.filter((host) => host === 'dead')).toHaveLength(2);
});
