import { FanfoldError } from '../../../src/core/errors.ts';
import type { TenantDatabase, TenantDatabases } from '../../../src/core/ports.ts';
import type { DatabaseServers } from '../../../src/core/provision/database-server.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';

const NOTHING_APPLIED: SchemaState = {
  rows: [],
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open: [],
};

/** Databases that can be read, and that open with the logins that their server accepts. */
export function memoryDatabases(servers: DatabaseServers): TenantDatabases {
  return {
    async using(login, work) {
      if (!(await servers.accepts(login, login))) {
        throw new FanfoldError('AccessDenied', `The server refuses "${login.user}".`, {
          fault: 'tenant',
          nextStep: 'Check the password.',
        });
      }
      const database = { readState: async () => NOTHING_APPLIED };
      return work(database satisfies Partial<TenantDatabase> as unknown as TenantDatabase);
    },
  };
}
