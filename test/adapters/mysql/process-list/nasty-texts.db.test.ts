import type { Connection } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOtherSessions } from '../../../../src/adapters/mysql/connection/process-list.ts';
import { createDatabase } from '../../../support/database.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../../support/own-server.ts';
import { seenSoon } from '../../../support/process-list.ts';
import { testServer } from '../../../support/server.ts';
import {
  checkReads,
  checkWaits,
  createPlace,
  type Place,
  send,
  startNasty,
} from './check-reads.ts';
import { NASTY_TEXTS, type NastyText } from './nasty-texts.ts';

const isMySql = testServer().flavour === 'mysql';
const TEXTS = Object.entries(NASTY_TEXTS);

/** Texts beside which a statement is killed, too: each takes half a second. */
const WITH_WAITS = ['an emoji', 'two megabytes of emoji', 'Latin 1'];

async function readBeside(place: Place, name: string, text: NastyText): Promise<void> {
  const nasty = await startNasty(place, text);
  try {
    await checkReads(place, nasty);
    if (WITH_WAITS.includes(name)) await checkWaits(place);
  } finally {
    await end(place, nasty);
  }
}

/** Ends a session, and waits until no other one of the user is left for the next test. */
async function end({ root, own }: Place, nasty: Connection): Promise<void> {
  await send(root, `KILL ${nasty.threadId}`);
  nasty.destroy();
  await seenSoon(async () => (await readOtherSessions(own)).length === 0 || undefined);
}

describe('the process list beside nasty texts', () => {
  let place: Place;
  beforeAll(async () => {
    const database = await createDatabase('nasty');
    place = await createPlace(await testServer().rootConnection(), database);
  });
  afterAll(() => {
    place.own.destroy();
    place.root.destroy();
  });

  it.each(TEXTS)('every read of ours works while a session runs %s', async (name, text) => {
    await readBeside(place, name, text);
  });

  it.skipIf(!isMySql)('a session that is not instrumented is shown', async () => {
    const nasty = await startNasty(place, NASTY_TEXTS['an emoji'] as NastyText);
    await send(
      place.root,
      `UPDATE performance_schema.threads SET INSTRUMENTED = 'NO', HISTORY = 'NO' WHERE PROCESSLIST_ID = ${nasty.threadId}`,
    );
    await checkReads(place, nasty);
    await checkWaits(place);
    await end(place, nasty);
  });
});

// Aurora and small instances of RDS have no performance schema, and one that is full shows some sessions only.
describe.skipIf(!isMySql || ownServerFolder() === undefined)('MySQL without all of it', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer();
    const root = await server.connection();
    await root.query("CREATE USER nasty IDENTIFIED BY 'Not-4-anyone'");
    await root.query('GRANT ALL ON nasty.* TO nasty');
    await root.end();
  });
  afterAll(() => server?.stop());

  describe.each([
    ['is off', ['--performance-schema=OFF']],
    ['has no memory for all sessions', ['--performance-schema-max-thread-instances=50']],
  ])('a performance schema that %s', (_, options) => {
    let place: Place;
    beforeAll(async () => {
      server.crash();
      await server.restart(options);
      const { host, port } = server;
      const root = await server.connection();
      await root.query('DROP DATABASE IF EXISTS nasty');
      await root.query('CREATE DATABASE nasty');
      place = await createPlace(root, {
        ...{ host, port, database: 'nasty', user: 'nasty', password: 'Not-4-anyone' },
      });
    });

    it('its table shows too little, and our reads show all', async () => {
      const more = await Promise.all(Array.from({ length: 30 }, () => server.connection()));
      const shown = await send(place.root, 'SELECT ID FROM performance_schema.processlist');
      const read = await readOtherSessions(place.root);
      expect((shown as unknown[]).length).toBeLessThan(read.length);
      expect(read.length).toBeGreaterThanOrEqual(30);
      for (const connection of more) connection.destroy();
    });

    it.each(TEXTS)('every read of ours works while a session runs %s', async (name, text) => {
      await readBeside(place, name, text);
    });
  });
});
