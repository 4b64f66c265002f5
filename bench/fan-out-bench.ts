import { randomUUID } from 'node:crypto';
import { createLocalRunStore } from '../src/adapters/local/run-store.ts';
import { systemClock } from '../src/adapters/local/system-clock.ts';
import { createTlsChooser } from '../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../src/adapters/mysql/tenant-databases.ts';
import { renderHtmlReport } from '../src/adapters/report/html-report.ts';
import { createBundle, type MigrationModule, sourceChecksum } from '../src/core/bundle/bundle.ts';
import { runFanOut } from '../src/core/in-process/run-fan-out.ts';
import { createMigrateTenant } from '../src/core/migrate/migrate-tenant.ts';
import type { Summary } from '../src/core/reduce/summary.ts';
import type { RunRequest } from '../src/core/request.ts';
import type { Tenant } from '../src/core/tenant.ts';
import { createMemoryDirectory } from './memory-directory.ts';
import type { ServerLogin } from './server-login.ts';

/** A run of one migration over databases. */
export interface FanOutBench {
  readonly databases: readonly string[];
  readonly request: RunRequest;
  readonly migration: { readonly id: string; readonly module: MigrationModule };
}

/** Runs one migration as the command line runs it; throws if the run itself failed. */
export async function fanOutBench(
  login: ServerLogin,
  storeFolder: string,
  { databases, request, migration: { id, module } }: FanOutBench,
  signal: AbortSignal,
): Promise<Summary> {
  const bundle = createBundle([
    { id, extension: '.js', checksum: sourceChecksum(id), load: async () => module },
  ]);
  const tenants = databases.map((database) => tenantOf(login, database));
  const dependencies = {
    store: createLocalRunStore(storeFolder),
    directory: createMemoryDirectory(tenants),
    attemptTenant: createMigrateTenant({
      databases: createTenantDatabases({
        connectTimeoutMs: 10_000,
        tls: createTlsChooser({ mode: 'off' }),
      }),
      passwords: { open: async () => login.password },
    }),
    report: () => {},
    renderReport: renderHtmlReport,
    clock: systemClock,
    random: Math.random,
  };
  const run = { id: `bench-${randomUUID()}`, request, bundle };
  const { summary, error } = await runFanOut(run, dependencies, signal);
  if (error !== undefined) throw error;
  return summary;
}

function tenantOf({ host, port, user }: ServerLogin, database: string): Tenant {
  return {
    id: database,
    slug: database,
    name: database,
    status: 'ACTIVE',
    address: { host, port, user, database },
    encryptedPassword: '',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}
