import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSnapshotSink, readSnapshotFile } from '../../src/adapters/local/snapshot-file.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { connectToScratchServer } from '../../src/adapters/mysql/scratch-server.ts';
import { snapshotSql } from '../../src/adapters/mysql/snapshot/snapshot-sql.ts';
import { createBundle, type Migration } from '../../src/core/bundle/bundle.ts';
import { makeSnapshot, type SnapshotResult } from '../../src/core/snapshot/make-snapshot.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { knexUnderTest } from './knex-under-test.ts';
import { testServer } from './server.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Whether the server of the tests is MariaDB. */
export async function isMariaDb(): Promise<boolean> {
  const root = await testServer().rootConnection();
  const [rows] = await root.query('SELECT VERSION() AS version');
  await root.end();
  return JSON.stringify(rows).includes('MariaDB');
}

/** A snapshot that was made, or only the reason why there is none. */
export interface MadeSnapshot {
  readonly result: SnapshotResult;
  readonly path: string;
  /** Reads the file again. */
  read(): Promise<Snapshot>;
}

/** Makes a snapshot on the server of the tests, with a login that sees no databases but those of this kind. */
export async function snapshotOf(
  migrations: readonly Migration[],
  { limit = 10_000_000 }: { readonly limit?: number } = {},
): Promise<MadeSnapshot> {
  const { host, port } = testServer();
  const user = `ff_snap_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('base64url');
  const root = await testServer().rootConnection();
  const account = `'${user}'@'%'`;
  await root.query(`CREATE USER ${account} IDENTIFIED BY '${password}'`);
  await root.query(`GRANT ALL ON \`fanfold\\_scratch\\_%\`.* TO ${account} WITH GRANT OPTION`);
  // With a binary log, MySQL lets only such a user create functions and triggers. On MariaDB it would see all databases.
  if (!(await isMariaDb())) {
    await root.query(`GRANT CREATE USER, SUPER ON *.* TO ${account} WITH GRANT OPTION`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-snapshot-'));
  folders.push(folder);
  const path = join(folder, 'fanfold.snapshot');
  try {
    const server = await connectToScratchServer(
      { host, port, user, password, database: '' },
      {
        connectTimeoutMs: 3_000,
        tls: createTlsChooser({ mode: 'auto' }),
        knexPackage: knexUnderTest,
        source: 'the test',
      },
    );
    const result = await makeSnapshot(server, {
      bundle: createBundle(migrations),
      loadBundle: async () => createBundle(migrations),
      sql: snapshotSql,
      openSink: () => openSnapshotSink(path, limit),
      tool: '0.0.0',
      madeAt: new Date(0),
    });
    return { result, path, read: () => readSnapshotFile(path) };
  } finally {
    await root.query(`DROP USER ${account}`);
    await root.end();
  }
}
