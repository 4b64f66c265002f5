import { describe, expect, test } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { type ReadFleetDependencies, readFleet } from '../../../src/core/status/read-fleet.ts';
import type { ReadTenant } from '../../../src/core/status/read-tenant.ts';
import type { TenantReading } from '../../../src/core/status/tenant-reading.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { failedAttempt } from '../../support/fleet.ts';

const bundle = createBundle(['1_a', '2_b', '3_c'].map(migration));

function migration(id: string): Migration {
  return {
    id,
    extension: '.ts',
    checksum: id,
    load: () => Promise.reject(new Error('not loaded')),
  };
}

function tenant(id: string): Tenant {
  return {
    id,
    slug: id,
    name: id,
    status: 'ACTIVE',
    address: { host: 'db', port: 3306, database: id, user: id },
    encryptedPassword: 'secret',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}

function directoryOf(ids: readonly string[]): ReadFleetDependencies['directory'] {
  return {
    async *listIds() {
      yield* ids;
    },
    // Not in the order of the question, as a database answers.
    findByIds: async (asked) => [...asked].reverse().map(tenant),
  };
}

const standing: ReadTenant = async ({ id }) =>
  id.startsWith('old')
    ? { status: 'planned', pending: ['2_b.js', '3_c.js'], notes: [] }
    : { status: 'planned', pending: [], notes: [{ code: 'ahead', message: 'ahead' }] };

async function read(
  ids: readonly string[],
  readTenant: ReadTenant,
  options: { concurrency?: number; signal?: AbortSignal } = {},
): Promise<TenantReading[]> {
  const readings: TenantReading[] = [];
  await readFleet(
    { bundle, filter: { status: 'ACTIVE' }, concurrency: options.concurrency ?? 4 },
    { directory: directoryOf(ids), readTenant },
    (reading) => readings.push(reading),
    options.signal,
  );
  return readings;
}

describe('readFleet', () => {
  test('readFleet reports the version of each tenant', async () => {
    const [old, fresh] = await read(['old', 'new'], standing, { concurrency: 1 });
    expect(old).toEqual({
      status: 'read',
      tenant: { id: 'old', slug: 'old', name: 'old', database: 'old', host: 'db:3306' },
      standing: { at: '1_a', pending: ['2_b', '3_c'] },
      notes: [],
    });
    expect(fresh).toMatchObject({
      standing: { at: '3_c', pending: [] },
      notes: [{ code: 'ahead' }],
    });
  });

  test('readFleet reads several tenants at a time up to its limit, and each once', async () => {
    let running = 0;
    let most = 0;
    const ids = Array.from({ length: 1_200 }, (_, index) => `t${index}`);
    const readings = await read(
      ids,
      async (one, asked) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        return standing(one, asked);
      },
      { concurrency: 7 },
    );
    expect(most).toBe(7);
    expect(readings.map((reading) => reading.tenant.id).sort()).toEqual(ids.sort());
  });

  test('readFleet does not ask a host that has not answered twice in a row', async () => {
    let asked = 0;
    const readings = await read(
      ['a', 'b', 'c', 'd', 'e'],
      async () => {
        asked += 1;
        return failedAttempt('ConnectionTimedOut', true);
      },
      { concurrency: 1 },
    );
    expect(asked).toBe(2);
    expect(readings.map((one) => one.status === 'unreadable' && one.failure.code)).toEqual([
      'ConnectionTimedOut',
      'ConnectionTimedOut',
      'HostDown',
      'HostDown',
      'HostDown',
    ]);
  });

  test('readFleet starts no more once it is aborted', async () => {
    const controller = new AbortController();
    const readings = await read(
      ['a', 'b', 'c', 'd'],
      async (one, asked) => {
        controller.abort();
        return standing(one, asked);
      },
      { concurrency: 1, signal: controller.signal },
    );
    expect(readings).toHaveLength(1);
  });

  test('readFleet stops where the central database fails', async () => {
    const directory = {
      ...directoryOf([]),
      async *listIds() {
        yield* Array.from({ length: 600 }, (_, index) => `t${index}`);
        throw new Error('central database gone');
      },
    };
    const reading = readFleet(
      { bundle, filter: {}, concurrency: 3 },
      { directory, readTenant: standing },
      () => {},
    );
    await expect(reading).rejects.toThrow('central database gone');
  });
});
