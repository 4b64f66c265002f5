import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { readMigrationSources } from '../../src/adapters/local/migration-sources.ts';
import { loadMigrationsFolder } from '../../src/adapters/local/migrations-folder.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../src/adapters/mysql/scratch-server.ts';
import { type LintReport, lintMigrations } from '../../src/core/safety/lint/lint-migrations.ts';
import { downOf } from '../../src/core/safety/lint/migration-source.ts';
import { RULES } from '../../src/core/safety/lint/rules/all-rules.ts';
import { recordBundle } from '../../src/core/safety/record-bundle.ts';
import type { ServerLogin } from '../chaos/differential/chaos-server.ts';
import { knexUnderTest } from '../support/knex-under-test.ts';
import type { CorpusSet } from './corpus-sets.ts';
import { fetchPackage } from './fetch-package.ts';

const ALL = Object.fromEntries(RULES.map(({ name }) => [name, 'warning' as const]));

/** Judges a published set by every rule, also by those that are off. */
export async function lintSet(
  server: ServerLogin,
  set: CorpusSet,
): Promise<LintReport & { readonly failure: string | undefined }> {
  const folder = join(await fetchPackage(set.package), set.folder);
  const bundle = await loadMigrationsFolder(folder, { allowDuplicateTimestamps: true });
  const sources = await readMigrationSources(folder);
  const recording = await usingScratchLogin(server, async (login) => {
    const scratch = await connectToScratchServer(login, {
      connectTimeoutMs: 5_000,
      tls: createTlsChooser({ mode: 'auto' }),
      knexPackage: knexUnderTest,
      source: 'the corpus',
    });
    return recordBundle(bundle, scratch);
  });
  const toLint = await Promise.all(
    bundle.migrations.map(async ({ id, load }) => {
      const source = sources.get(id) ?? { file: id, tokens: [], allowed: [] };
      const { down } = await load();
      return { id, source, down: downOf(source, down !== undefined) };
    }),
  );
  const report = lintMigrations(toLint, recording, { rules: ALL, allow: {} });
  return { ...report, failure: recording.failure?.message };
}

/** An empty database with a login that sees nothing else, for the time of `work`. */
async function usingScratchLogin<Result>(
  { host, port, user, password }: ServerLogin,
  work: (login: ServerLogin & { readonly database: string }) => Promise<Result>,
): Promise<Result> {
  const root = await createConnection({ host, port, user, password, multipleStatements: true });
  const name = `ff_lint_${randomBytes(6).toString('hex')}`;
  const own = randomBytes(12).toString('base64url');
  const database = name.replaceAll('_', '\\_');
  await root.query(
    `CREATE DATABASE ${name}; CREATE USER '${name}'@'%' IDENTIFIED BY '${own}'; GRANT ALL ON \`${database}\`.* TO '${name}'@'%'`,
  );
  try {
    return await work({ host, port, user: name, password: own, database: name });
  } finally {
    await root.query(`DROP DATABASE IF EXISTS ${name}; DROP USER '${name}'@'%'`);
    root.destroy();
  }
}
