import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection as PromiseConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usingConnection } from '../../../src/adapters/mysql/connection/connection.ts';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import {
  type Blockers,
  describeBlockers,
  findBlockers,
} from '../../../src/adapters/mysql/locks/lock-blockers.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../support/own-server.ts';
import { testServer } from '../../support/server.ts';

const isMySql = testServer().flavour === 'mysql';
const PASSWORD = 'Not-4-anyone';

let server: OwnServer;
let root: PromiseConnection;

/** Locks on the whole server, the statements that release them, and whether writers of rows wait for them too. */
const OBSTACLES: readonly (readonly [
  what: string,
  hold: readonly string[],
  release: string,
  lock: string,
  stopsRows: boolean,
])[] = [
  [
    'FLUSH TABLES WITH READ LOCK',
    ['FLUSH TABLES WITH READ LOCK'],
    'UNLOCK TABLES',
    'global read lock',
    true,
  ],
  ...(isMySql
    ? ([
        [
          'LOCK INSTANCE FOR BACKUP',
          ['LOCK INSTANCE FOR BACKUP'],
          'UNLOCK INSTANCE',
          'backup lock',
          false,
        ],
      ] as const)
    : ([
        [
          'BACKUP STAGE',
          ['BACKUP STAGE START', 'BACKUP STAGE FLUSH', 'BACKUP STAGE BLOCK_DDL'],
          'BACKUP STAGE END',
          'backup lock',
          false,
        ],
      ] as const)),
];

function asUser<Result>(
  user: string,
  work: (connection: Parameters<typeof findBlockers>[0]) => Promise<Result>,
): Promise<Result> {
  const { host, port } = server;
  const login = { host, port, user, password: PASSWORD, database: 'locks' };
  return usingConnection(
    login,
    { connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) },
    work,
  );
}

// Locks on the whole server need a separate server.
describe.skipIf(ownServerFolder() === undefined)('a lock on the whole server', () => {
  beforeAll(async () => {
    server = await startOwnServer();
    root = await server.connection();
    await root.query('CREATE DATABASE locks');
    await root.query('CREATE TABLE locks.t (id INT PRIMARY KEY)');
    for (const [user, right] of [
      ['plain', undefined],
      ['seeing', 'PROCESS'],
      ['reading', 'SELECT ON performance_schema'],
    ] as const) {
      await root.query(`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}'`);
      await root.query(`GRANT ALL ON locks.* TO ${user}`);
      if (right === 'PROCESS') await root.query(`GRANT PROCESS ON *.* TO ${user}`);
      else if (right !== undefined) await root.query(`GRANT ${right}.* TO ${user}`);
    }
    if (isMySql) return;
    // On MariaDB it is off by default, and not every package has the plugin METADATA_LOCK_INFO.
    root.destroy();
    server.crash();
    await server.restart([
      '--performance-schema=ON',
      '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON',
    ]);
    root = await server.connection();
  });
  afterAll(() => server?.stop());

  it.each(OBSTACLES)(
    'a lock on the whole server is named if the server shows it: %s',
    async (_what, hold, release, lock) => {
      const holder = await server.connection();
      for (const statement of hold) await holder.query(statement);
      try {
        const { known, holders, serverIsLocked } = await asUser('reading', findBlockers);
        expect({ known, serverIsLocked }).toEqual({ known: 'shown', serverIsLocked: true });
        expect(holders[0]).toMatchObject({ session: { id: holder.threadId, user: 'root' }, lock });
        expect(await asUser('reading', describeBlockers)).toMatch(
          new RegExp(`connection ${holder.threadId} \\(user root\\), .*on the whole server`),
        );
      } finally {
        await holder.query(release);
        holder.destroy();
      }
      expect(await asUser('reading', describeBlockers)).toBeUndefined();
    },
  );

  it.each(OBSTACLES)(
    'a lock on the whole server is recognized by the waiting sessions if the server does not show it: %s',
    async (_what, hold, release, _lock, stopsRows) => {
      const holder = await server.connection();
      for (const statement of hold) await holder.query(statement);
      const waiting = await server.connection('locks');
      const written = waiting
        .query(stopsRows ? 'REPLACE INTO t VALUES (1)' : 'CREATE TABLE IF NOT EXISTS u (id INT)')
        .catch(() => {});
      try {
        let seen: Blockers | undefined;
        for (let tries = 0; tries < 50 && seen?.serverIsLocked !== true; tries++) {
          await sleep(50);
          seen = await asUser('seeing', findBlockers);
        }
        expect(seen).toMatchObject({ known: 'sessions', serverIsLocked: true, seesAll: true });
        expect(await asUser('seeing', describeBlockers)).toContain('a lock on the whole server');
        expect(await asUser('plain', describeBlockers)).toContain('needs the PROCESS privilege');
      } finally {
        await holder.query(release);
        await written;
        holder.destroy();
        waiting.destroy();
      }
    },
  );
});
