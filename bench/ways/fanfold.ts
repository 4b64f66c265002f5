import { randomBytes, randomUUID } from 'node:crypto';
import { createLocalRunStore } from '../../src/adapters/local/run-store.ts';
import { systemClock } from '../../src/adapters/local/system-clock.ts';
import { createReadServerLoad } from '../../src/adapters/mysql/read-server-load.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import { type Bundle, createBundle, sourceChecksum } from '../../src/core/bundle/bundle.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { fixedKeyRing } from '../../src/core/encryption/key-ring.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { runFanOut } from '../../src/core/in-process/run-fan-out.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import type { ReachedSchema } from '../../src/core/ports.ts';
import type { Summary } from '../../src/core/reduce/summary.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { createMemoryDirectory } from '../memory-directory.ts';
import type { AtATime } from '../options.ts';
import type { ServerLogin } from '../server-login.ts';
import type { Stage } from '../stages.ts';
import type { Way } from './way.ts';

/**
 * Fanfold as the command line runs it: the whole fan-out with encrypted passwords, its fence, its checks and
 * its journal, and a run store on the disk. Only the list of tenants is in memory. The difference to a run
 * without `journalsStatements` is the cost of being able to resume a migration.
 */
export function fanfoldWay(
  login: ServerLogin,
  concurrency: AtATime,
  storeFolder: string,
  journalsStatements = true,
): Way {
  const key = new EncryptionKey(randomBytes(32));
  const tenantOf = createTenantFactory(login, encryptPasswordV1(key, login.password));
  const readServerLoad = createReadServerLoad({ tls: () => login.ssl });
  // As the central database records it.
  const reached = new Map<string, ReachedSchema>();
  const listed = (database: string, index: number): Tenant => {
    const { schemaVersion = null, at = null, runId = null } = reached.get(database) ?? {};
    return {
      ...tenantOf(database, index),
      schemaVersion,
      lastMigratedAt: at,
      lastRunId: runId,
    };
  };
  const dependencies = {
    store: createLocalRunStore(storeFolder),
    readLoad: async () => readServerLoad({ ...login, database: '' }),
    attemptTenant: createMigrateTenant({
      databases: createTenantDatabases({
        connectTimeoutMs: 10_000,
        tls: () => login.ssl,
        journalsStatements,
      }),
      passwords: createPasswordOpener(
        fixedKeyRing({ active: 'k1', v1: 'k1', keys: new Map([['k1', key]]) }),
      ),
    }),
    report: () => {},
    renderReport: renderHtmlReport,
    clock: systemClock,
    random: Math.random,
  };
  const request = parseRunRequest({ maxConcurrency: concurrency });

  return {
    name: journalsStatements ? 'fanfold' : 'unjournaled',
    title: journalsStatements ? 'Fanfold' : 'Fanfold, no statements journaled',
    concurrency,
    async migrate(databases, stage, signal) {
      signal.throwIfAborted();
      const directory = createMemoryDirectory(databases.map(listed), ({ name }, schema) =>
        reached.set(name, schema),
      );
      const fanOut = { id: `bench-${randomUUID()}`, request, bundle: bundleOf(stage) };
      const { summary, error } = await runFanOut(fanOut, { ...dependencies, directory }, signal);
      signal.throwIfAborted();
      if (error !== undefined) throw error;
      check(summary, stage);
    },
  };
}

/** Makes tenants of one server that are in no central database. */
export function createTenantFactory(
  { host, port, user }: ServerLogin,
  encryptedPassword: string,
): (database: string, index: number) => Tenant {
  return (database, index) => ({
    id: `${index}-${database}`,
    slug: `${index}-${database}`,
    name: database,
    status: 'ACTIVE',
    address: { host, port, user, database },
    encryptedPassword,
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  });
}

/** A bundle of migrations that are in memory. */
export function bundleOf({ migrations }: Pick<Stage, 'migrations'>): Bundle {
  return createBundle(
    migrations.map(({ id, up, down }) => ({
      id,
      extension: '.js',
      checksum: sourceChecksum(id),
      load: async () => ({ up, down }),
    })),
  );
}

/** Failed or omitted tenants would look fast. */
function check(summary: Summary, { name }: Stage): void {
  const expected = name === 'nothing to do' ? 'unchanged' : 'migrated';
  if (summary.counts[expected] === summary.total) return;
  throw new Error(
    `Not every tenant is "${expected}": ${JSON.stringify([summary.counts, summary.failures])}`,
  );
}
