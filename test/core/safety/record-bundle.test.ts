import { expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { ConnectionLogin, TenantDatabases } from '../../../src/core/ports.ts';
import type { DatabaseServers } from '../../../src/core/provision/database-server.ts';
import { recordBundle } from '../../../src/core/safety/record-bundle.ts';
import type { ScratchServer } from '../../../src/core/safety/recording.ts';
import { memoryDatabases } from '../support/memory-databases.ts';

const facts = {
  product: 'MySQL',
  isMariaDb: false,
  version: '9.7.0',
  number: 90_700,
  lowerCaseTableNames: 0 as const,
};
const login: ConnectionLogin = {
  host: 'db',
  port: 3306,
  database: 'scratch',
  user: 'root',
  password: 'secret',
};
const migrations = [{ id: '1_a', statements: [] }];

function scratchWith(databases: TenantDatabases): ScratchServer {
  return {
    facts,
    usingDatabase: (work) =>
      work({
        login,
        databases,
        recorded: () => migrations,
        restore: async () => [],
        readShape: () => Promise.reject(new Error('A recording reads no shape.')),
      }),
  };
}

it('a recording has the facts of the server and the statements of the migrations', async () => {
  const databases = memoryDatabases({ accepts: async () => true } as unknown as DatabaseServers);
  expect(await recordBundle(createBundle([]), scratchWith(databases))).toEqual({
    server: facts,
    migrations,
  });
});

it('a migration that fails on the scratch server ends the recording without an error', async () => {
  const lost = new FanfoldError('ConnectionLost', 'The connection of "root" broke.', {
    fault: 'tenant',
    retryable: true,
    nextStep: 'Retry.',
  });
  const databases: TenantDatabases = { using: () => Promise.reject(lost) };
  expect(await recordBundle(createBundle([]), scratchWith(databases))).toMatchObject({
    server: facts,
    migrations,
    failure: { code: 'ConnectionLost' },
  });
});
