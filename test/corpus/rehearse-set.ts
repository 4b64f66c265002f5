import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { loadMigrationsFolder } from '../../src/adapters/local/migrations-folder.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../src/adapters/mysql/scratch-server.ts';
import type { Rehearsal } from '../../src/core/safety/rehearsal/rehearsal.ts';
import { rehearseBundle } from '../../src/core/safety/rehearsal/rehearse-bundle.ts';
import type { ServerLogin } from '../chaos/differential/chaos-server.ts';
import { knexUnderTest } from '../support/knex-under-test.ts';
import type { CorpusSet } from './corpus-sets.ts';
import { fetchPackage } from './fetch-package.ts';

/** Rehearses a published set from an empty database, with a login that sees scratch databases only. */
export async function rehearseSet(
  { host, port, user, password }: ServerLogin,
  set: CorpusSet,
  mostStops: number,
  onMigration: (id: string) => void = () => {},
): Promise<Rehearsal> {
  const folder = join(await fetchPackage(set.package), set.folder);
  const loadBundle = () => loadMigrationsFolder(folder, { allowDuplicateTimestamps: true });
  const root = await createConnection({ host, port, user, password });
  const name = `ff_rehearse_${randomBytes(6).toString('hex')}`;
  const own = randomBytes(12).toString('base64url');
  await root.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${own}'`);
  await root.query(`GRANT ALL ON \`fanfold\\_scratch\\_%\`.* TO '${name}'@'%'`);
  try {
    const server = await connectToScratchServer(
      { host, port, user: name, password: own, database: '' },
      {
        connectTimeoutMs: 5_000,
        tls: createTlsChooser({ mode: 'auto' }),
        knexPackage: knexUnderTest,
        source: 'the corpus',
      },
    );
    const terms = { mostStops, seed: 1, severities: {}, allowed: new Map() };
    const bundle = await loadBundle();
    const progress = { more() {}, started: onMigration, finished() {} };
    const [rehearsal] = await rehearseBundle(server, { ...terms, bundle, loadBundle, progress });
    return rehearsal as Rehearsal;
  } finally {
    await root.query(`DROP USER '${name}'@'%'`);
    root.destroy();
  }
}
