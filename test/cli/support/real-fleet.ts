import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { migrateCentralLatest } from '../../../src/adapters/knex/central-migrations.ts';
import { usingCentralDatabase } from '../../../src/adapters/prisma/central-database.ts';
import { parseCentralDatabaseUrl } from '../../../src/core/central/central-database-url.ts';
import { checkNewTenant } from '../../../src/core/central/new-tenant.ts';
import { encryptPasswordV1 } from '../../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../../src/core/encryption/encryption-key.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { type CliResult, runCliProcess } from './spawn-cli.ts';

/** A key for tests: 32 bytes. */
export const TEST_KEY = 'a-key-of-32-bytes-for-tests-only';

/** A central database and tenants on a real server, and a folder to run the command line in. */
export interface RealFleet {
  /** Holds `migrations/tenant/`. */
  readonly folder: string;
  readonly central: TestDatabase;
  /** In the order of the names. */
  readonly tenants: readonly TestDatabase[];
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command line, without quotes, to its end. */
  run(argv: string, env?: Readonly<Record<string, string>>): Promise<CliResult>;
}

/** Makes a fleet with a tenant for each name; all of it goes when the test ends. */
export async function realFleet(
  names: readonly string[],
  migrations: Readonly<Record<string, string>>,
): Promise<RealFleet> {
  const folder = await fixtureFolder({ 'package.json': '{"type":"module"}' });
  await writeMigrations(folder, migrations);
  const central = await createDatabase('cli_central');
  const tenants = await Promise.all(names.map(() => createDatabase('cli_tenant')));
  onTestFinished(async () => {
    for (const database of [central, ...tenants]) await database.drop();
  });
  const login = parseCentralDatabaseUrl(central.url);
  await migrateCentralLatest({ login });
  const key = parseEncryptionKey(TEST_KEY);
  await usingCentralDatabase({ login }, async ({ registry }) => {
    for (const [index, { password, ...address }] of tenants.entries()) {
      const name = names[index] ?? '';
      const draft = { ...address, slug: slugOf(name), name, status: 'ACTIVE' };
      const encryptedPassword = encryptPasswordV1(key, password);
      await registry.add(checkNewTenant(draft), async () => encryptedPassword);
    }
  });
  const env = { CENTRAL_DATABASE_URL: central.url, DB_ENCRYPTION_KEY: TEST_KEY };
  const run = (argv: string, more: Readonly<Record<string, string>> = {}) =>
    runCliProcess(argv.split(' '), { cwd: folder, env: { ...env, ...more } });
  return { folder, central, tenants, env, run };
}

/** Writes migrations of a fleet, by file name. */
export async function writeMigrations(
  folder: string,
  migrations: Readonly<Record<string, string>>,
): Promise<void> {
  const directory = join(folder, 'migrations/tenant');
  await mkdir(directory, { recursive: true });
  for (const [name, source] of Object.entries(migrations)) {
    await writeFile(join(directory, name), source);
  }
}

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
