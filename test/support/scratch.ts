import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../src/adapters/mysql/scratch-server.ts';
import type { ConnectionLogin } from '../../src/core/ports.ts';
import type { ScratchServer } from '../../src/core/safety/recording.ts';
import { createDatabase } from './database.ts';
import { knexUnderTest } from './knex-under-test.ts';

/** A scratch server on the server of the tests: an empty database whose login sees no other. */
export async function scratchServer(database?: ConnectionLogin): Promise<ScratchServer> {
  return connectToScratchServer(database ?? (await createDatabase('scratch')), {
    connectTimeoutMs: 3_000,
    tls: createTlsChooser({ mode: 'auto' }),
    knexPackage: knexUnderTest,
    source: 'the test',
  });
}
