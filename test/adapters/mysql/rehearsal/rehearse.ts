import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../../../src/adapters/mysql/scratch-server.ts';
import type { Bundle } from '../../../../src/core/bundle/bundle.ts';
import type { Rehearsal } from '../../../../src/core/safety/rehearsal/rehearsal.ts';
import { rehearseBundle } from '../../../../src/core/safety/rehearsal/rehearse-bundle.ts';
import type { RehearseOptions } from '../../../../src/core/safety/rehearsal/rehearse-one.ts';
import { createDatabase } from '../../../support/database.ts';
import { knexUnderTest } from '../../../support/knex-under-test.ts';
import { testServer } from '../../../support/server.ts';

/** Rehearses on the server of the tests, with a login that may create scratch databases and sees no other. */
export async function rehearse(
  loadBundle: () => Promise<Bundle>,
  options: Partial<RehearseOptions> = {},
  rights: readonly string[] = [],
): Promise<readonly Rehearsal[]> {
  const owner = await createDatabase('scratch');
  await owner.drop();
  const root = await testServer().rootConnection();
  await root.query(`CREATE USER '${owner.user}'@'%' IDENTIFIED BY '${owner.password}'`);
  await root.query(`GRANT ALL ON \`fanfold\\_scratch\\_%\`.* TO '${owner.user}'@'%'`);
  for (const right of rights) await root.query(`GRANT ${right} TO '${owner.user}'@'%'`);
  const server = await connectToScratchServer(
    { ...owner, database: '' },
    {
      connectTimeoutMs: 3_000,
      tls: createTlsChooser({ mode: 'auto' }),
      knexPackage: knexUnderTest,
      source: 'the test',
    },
  );
  try {
    return await rehearseBundle(server, {
      bundle: await loadBundle(),
      loadBundle,
      mostStops: 15,
      seed: 1,
      severities: {},
      allowed: new Map(),
      ...options,
    });
  } finally {
    await root.query(`DROP USER '${owner.user}'@'%'`);
  }
}
