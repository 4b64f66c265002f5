import { describe, expect, it } from 'vitest';
import {
  badServer,
  endlessServer,
  flood,
  silentServer,
  tricklingServer,
  turningServer,
} from '../../support/bad-server.ts';
import { createDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, SHOP } from '../../support/migrations.ts';

const login = {
  host: '127.0.0.1',
  database: 'nowhere_db',
  user: 'nobody',
  password: 'unimportant-passw0rd',
};
const TIMEOUT_MS = 500;
const MEGABYTE = 1024 * 1024;

function attemptAt(port: number) {
  return migrate({ ...login, port }, bundle(...SHOP), { connectTimeoutMs: TIMEOUT_MS });
}

describe('connecting to a server', () => {
  it.each([
    ['never speaks', silentServer],
    ['sends a byte from time to time', tricklingServer],
    [
      'greets and takes no login',
      async () => {
        const { host, port } = await createDatabase('greets');
        return badServer((socket, send) => {
          // The greeting of the real server, and nothing after it.
          import('node:net').then(({ connect }) => {
            const real = connect(port, host);
            real.once('data', (greeting) => {
              send(greeting);
              real.destroy();
            });
          });
          socket.resume();
        });
      },
    ],
  ])(
    'connecting to a server that %s fails within the time limit as a whole',
    async (_what, start) => {
      const server = await start();
      const began = performance.now();
      const attempt = await attemptAt(server.port);
      expect(attempt).toMatchObject({
        status: 'failed',
        failure: { code: 'ConnectionTimedOut', retryable: true },
      });
      expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 2_000);
      expect(server.connections).toBe(1);
    },
  );

  it.each([
    ['zeros', Buffer.alloc(65_536)],
    ['packets as large as they come', Buffer.alloc(65_536, 0xff)],
    [
      'a greeting that never ends',
      Buffer.from([0xff, 0xff, 0xff, 0, 10, ...Array(65_000).fill(65)]),
    ],
    ['letters', Buffer.from('GARBAGE\n'.repeat(8_192))],
    ['small packets of nothing', Buffer.from(Array(16_384).fill([0, 0, 0, 0]).flat())],
  ])('connecting to a server that sends %s endlessly is cut off early', async (_what, data) => {
    const server = await endlessServer(data);
    const attempt = await attemptAt(server.port);
    expect(attempt).toMatchObject({
      status: 'failed',
      failure: { code: expect.stringMatching(/^Connection(Failed|Lost)$/) },
    });
    // The bytes that were read, and the buffers of two sockets.
    expect(server.sent).toBeLessThan(16 * MEGABYTE);
    expect(JSON.stringify(attempt)).not.toContain(login.password);
  });
});

describe('the first question', () => {
  it('the first question times out if the server no longer answers anyone', async () => {
    const database = await createDatabase('turns');
    const { host, port, user, password } = database;
    const server = await turningServer({ host, port }, () => {});
    const attempt = await migrate(
      { host: '127.0.0.1', port: server.port, user, password, database: database.database },
      bundle(...SHOP),
      { connectTimeoutMs: TIMEOUT_MS, firstAnswerMs: 700 },
    );
    expect(attempt).toMatchObject({
      status: 'failed',
      failure: {
        code: 'ConnectionTimedOut',
        retryable: true,
        message: expect.stringContaining('accepts logins but does not answer queries'),
      },
    });
  });

  it("a database with locked tables is the tenant's failure, not the server's", async () => {
    const database = await createDatabase('locked');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
    const other = await database.connection();
    await other.query('LOCK TABLES knex_migrations WRITE');
    try {
      expect(await migrate(database, bundle(...SHOP), { firstAnswerMs: 700 })).toMatchObject({
        status: 'failed',
        failure: { code: 'BookkeepingFailed', retryable: true },
      });
    } finally {
      await other.query('UNLOCK TABLES');
    }
  });

  it('an endless answer to the first question is cut off, and memory stays constant', async () => {
    const database = await createDatabase('endless');
    const { host, port, user, password } = database;
    const server = await turningServer({ host, port }, (socket, send) => {
      // One column, then rows forever.
      const column = Buffer.from('\x03def\0\0\0\x01a\0\x0c!\0\xff\0\0\0\xfd\0\0\0\0\0', 'latin1');
      send(Buffer.from([1, 0, 0, 1, 1]));
      send(Buffer.concat([Buffer.from([column.length, 0, 0, 2]), column]));
      send(Buffer.from([5, 0, 0, 3, 0xfe, 0, 0, 0, 0]));
      // Numbered in order, from 4 on again and again.
      const rows = Array.from({ length: 256 }, (_, index) =>
        // A length of 8,000 in three bytes, as a packet and as a string have it.
        Buffer.concat([
          Buffer.from([0x43, 0x1f, 0, (index + 4) % 256, 0xfc, 0x40, 0x1f]),
          Buffer.alloc(8_000, 65),
        ]),
      );
      flood(socket, send, Buffer.concat(rows));
    });
    const before = process.memoryUsage().rss;
    const attempt = await migrate(
      { host: '127.0.0.1', port: server.port, user, password, database: database.database },
      bundle(...SHOP),
    );
    expect(attempt).toMatchObject({
      status: 'failed',
      failure: { code: 'ConnectionFailed', retryable: false },
    });
    expect(server.sent).toBeLessThan(24 * MEGABYTE);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MEGABYTE);
  });
});
