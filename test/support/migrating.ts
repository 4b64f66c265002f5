import { randomUUID } from 'node:crypto';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import type { KnexSettings } from '../../src/adapters/mysql/migration/knex/knex-settings.ts';
import {
  createTenantDatabases,
  type TenantDatabasesOptions,
} from '../../src/adapters/mysql/tenant-databases.ts';
import type { Bundle } from '../../src/core/bundle/bundle.ts';
import type { Attempt, AttemptContext } from '../../src/core/migrate/attempt.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import type { TenantDatabases } from '../../src/core/ports.ts';
import type { DatabaseAddress, Tenant } from '../../src/core/tenant.ts';
import { knexUnderTest } from './knex-under-test.ts';

export interface MigratingOptions extends Partial<AttemptContext['request']> {
  readonly tableName?: string;
  readonly disableTransactions?: boolean;
  readonly knex?: KnexSettings;
  readonly fenceWaitSeconds?: number;
  readonly connectTimeoutMs?: number;
  readonly firstAnswerMs?: number;
  readonly online?: TenantDatabasesOptions['online'];
  readonly replicas?: TenantDatabasesOptions['replicas'];
  readonly runId?: string;
  readonly pause?: () => boolean;
  readonly backfills?: AttemptContext['backfills'];
  /**
   * The record of the central database, by which an attempt takes the locks with its first question. By default an
   * earlier version was reached, which a database without Knex's tables contradicts.
   */
  readonly recorded?: 'an earlier version' | 'nothing yet' | 'not told';
}

/** Databases of attempts with the same settings, so that one learns from the other as in a run. */
const shared = new Map<string, TenantDatabases>();

/** Attempts one database once through the real core and the real adapter; passwords are taken as they are. */
export function migrate(
  login: DatabaseAddress & { password: string },
  bundle: Bundle,
  options: MigratingOptions = {},
): Promise<Attempt> {
  const {
    tableName,
    disableTransactions,
    knex,
    fenceWaitSeconds = 1,
    connectTimeoutMs = 3_000,
    firstAnswerMs,
    online,
    replicas,
  } = options;
  const { runId = `test-run-${randomUUID()}`, pause, recorded, backfills, ...request } = options;
  const create = () =>
    createTenantDatabases({
      connectTimeoutMs,
      firstAnswerMs,
      online,
      replicas,
      tls: createTlsChooser({ mode: 'auto' }),
      tableName,
      disableTransactions,
      knex,
      knexPackage: knexUnderTest,
    });
  const key = JSON.stringify([connectTimeoutMs, firstAnswerMs, tableName, disableTransactions]);
  const isPlain = knex === undefined && online === undefined && replicas === undefined;
  const databases = isPlain ? (shared.get(key) ?? create()) : create();
  if (isPlain) shared.set(key, databases);
  const attempt = createMigrateTenant({
    databases,
    passwords: { open: async ({ encryptedPassword }) => encryptedPassword },
    fenceWaitSeconds,
  });
  const lastMigratedAt = recorded === 'nothing yet' ? null : new Date(0);
  return attempt(
    { ...tenantOf(login), lastMigratedAt },
    {
      runId,
      bundle,
      pause,
      backfills,
      isRecorded: recorded !== 'not told',
      request: {
        command: 'migrate',
        strict: false,
        allowMissing: false,
        lockWaitTimeoutSeconds: 2,
        ...request,
      },
    },
  );
}

/** A tenant at an address, its password not encrypted. */
export function tenantOf(login: DatabaseAddress & { password: string }): Tenant {
  const { host, port, database, user, password } = login;
  return {
    id: '00000000-0000-4000-8000-000000000001',
    slug: 'acme-corp',
    name: 'Acme Corp',
    status: 'ACTIVE',
    address: { host, port, database, user },
    encryptedPassword: password,
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}
