import { expect, test } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { createFindHostReader } from '../../../src/core/shapes/host-readers.ts';
import { readFleetShapes } from '../../../src/core/shapes/read-fleet-shapes.ts';
import type { ShapeSource } from '../../../src/core/shapes/shape-source.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { fleetOf } from '../../support/fleet.ts';
import { shapeWith } from './shape-with.ts';

const shape = shapeWith({ id: 'int' });

/** Reads a fleet over a source that keeps count of its connections. */
async function read(
  tenants: Tenant[],
  hosts: Parameters<typeof createFindHostReader>[0],
  readMany: ShapeSource['readMany'],
) {
  const connections: string[] = [];
  const readings = new Map<string, string>();
  const source: ShapeSource = {
    readMany: (login, databases, onRead, options) => {
      connections.push(`${login.user}@${login.host}: ${databases.length}`);
      return readMany(login, databases, onRead, options);
    },
    readOne: () => Promise.reject(new Error('Databases are read together.')),
  };
  await readFleetShapes(
    each(tenants),
    { concurrency: 1 },
    {
      source,
      passwords: { open: async () => 'secret of tenant' },
      findHostReader: createFindHostReader(hosts, { PASSWORD: 'secret' }, 'shapes.hosts'),
    },
    (tenant, reading) =>
      readings.set(tenant.slug, reading.status === 'read' ? 'read' : reading.failure.code),
  );
  return { connections, readings: [...readings.values()] };
}

async function* each(tenants: readonly Tenant[]): AsyncGenerator<Tenant> {
  yield* tenants;
}

const readAll: ShapeSource['readMany'] = async (_, databases, onRead) => {
  for (const database of databases) onRead(database, { status: 'read', shape });
};

test('a server with a login is read over few connections, and other tenants with their own logins', async () => {
  const fleet = fleetOf(1_202, (number) => ({ host: number < 1_200 ? 'db1' : 'db2' }));
  const { connections, readings } = await read(
    fleet,
    { 'DB1:3306': { user: 'reader', passwordEnv: 'PASSWORD' } },
    readAll,
  );
  expect(connections).toEqual([
    ...Array.from({ length: 9 }, () => 'reader@db1: 125'),
    'reader@db1: 75',
    'tenant-1200@db2: 1',
    'tenant-1201@db2: 1',
  ]);
  expect(readings).toEqual(fleet.map(() => 'read'));
});

test('a server that breaks off fails the tenants that it had not told yet, and is given up after two attempts', async () => {
  const { connections, readings } = await read(
    fleetOf(1_600),
    { '*': { user: 'reader' } },
    async (_, [first], onRead) => {
      if (first?.database === 'tenant-000_db') onRead(first, { status: 'read', shape });
      throw new FanfoldError('ConnectionTimedOut', 'No answer.', {
        fault: 'tenant',
        retryable: true,
        nextStep: 'Look.',
      });
    },
  );
  expect(readings.filter((code) => code === 'read')).toHaveLength(1);
  expect(readings.filter((code) => code === 'ConnectionTimedOut').length).toBeGreaterThanOrEqual(
    249,
  );
  expect(new Set(readings)).toEqual(new Set(['read', 'ConnectionTimedOut', 'HostDown']));
  expect(connections).toHaveLength(2);
});

test('a login whose variable is missing is refused before anything is read', () => {
  const create = () =>
    createFindHostReader({ db1: { user: 'reader', passwordEnv: 'NONE' } }, {}, 'shapes.hosts');
  expect(create).toThrow('shapes.hosts.db1 names the variable NONE, which is not set.');
  const find = createFindHostReader({ db1: { user: 'reader', auth: 'iam' } }, {}, 'shapes.hosts');
  expect(find({ host: 'DB1', port: 3307 })).toEqual({ user: 'reader', password: '', auth: 'iam' });
  expect(find({ host: 'db2', port: 3306 })).toBeUndefined();
});
