import { describe, expect, it } from 'vitest';
import { checkServer } from '../../../src/core/doctor/check-server.ts';
import type { ServerFacts } from '../../../src/core/doctor/database-facts.ts';

const REST = {
  tls: 'TLSv1.3',
  isLoopback: false,
  sqlMode: ['STRICT_TRANS_TABLES'],
  connections: { most: 100, open: 1, ofUser: undefined },
  account: 'acme@%',
  grantsLiterally: false,
  privileges: new Set<string>(),
  fenceHolder: null,
  knexLock: { state: 'free', unlock: '' },
  hasJournal: true,
  state: {
    rows: [],
    checksums: new Map(),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  },
  label: undefined,
  onlineWork: [],
  backfills: { begun: [], obstacles: new Map(), load: undefined },
} as const;

function check(server: Omit<ServerFacts, 'readOnly'>) {
  const found = checkServer({ ...REST, server: { ...server, readOnly: false } });
  return found.find(({ name }) => name === 'server');
}

describe('the server of a tenant', () => {
  it.each([
    [{ product: 'MySQL', version: '8.0.11' }, 'MySQL 8.0.11'],
    [{ product: 'MySQL', version: '8.4.3' }, 'MySQL 8.4.3'],
    [{ product: 'MySQL', version: '9.7.4' }, 'MySQL 9.7.4'],
    [{ product: 'MySQL', name: 'Percona Server', version: '8.0.36' }, 'Percona Server 8.0.36'],
    [{ product: 'MySQL', name: 'Aurora MySQL', version: '8.0' }, 'Aurora MySQL 8.0'],
    [{ product: 'MariaDB', version: '10.6.18' }, 'MariaDB 10.6.18'],
    [{ product: 'MariaDB', version: '10.11.14' }, 'MariaDB 10.11.14'],
    [{ product: 'MariaDB', version: '11.8.9' }, 'MariaDB 11.8.9'],
  ] as const)('the server of a tenant is supported: %j', (server, message) => {
    expect(check(server)).toEqual({ name: 'server', status: 'ok', message });
  });

  it.each([
    [{ product: 'MySQL', version: '5.7.44' }, 'wrong', 'ServerTooOld'],
    [{ product: 'MariaDB', version: '10.5.29' }, 'wrong', 'ServerTooOld'],
    [{ product: 'MySQL', name: 'TiDB', version: '8.0.11' }, 'wrong', 'ServerUnsupported'],
    [{ product: 'MySQL', name: 'Vitess', version: '8.0.40' }, 'wrong', 'ServerUnsupported'],
    [{ product: 'MySQL', name: 'OceanBase', version: '5.7.25' }, 'wrong', 'ServerUnsupported'],
    [{ product: 'MySQL', version: '10.0.1' }, 'note', 'ServerUntested'],
    [{ product: 'MariaDB', version: '12.1.2' }, 'note', 'ServerUntested'],
  ] as const)('a server that is not supported is reported as such: %j', (server, status, code) => {
    expect(check(server)).toMatchObject({
      status,
      code,
      message: expect.stringContaining(server.version),
      nextStep: expect.stringMatching(/\w/),
    });
  });
});
