import { createConnection } from 'mysql2';
import { expect, it, onTestFinished } from 'vitest';
import { createHostLoadReader } from '../../../../src/adapters/mysql/migration/engine/backfill/host-load.ts';
import { createDatabase } from '../../../support/database.ts';

it('reads the load of a server, and says what a login without privileges cannot see', async () => {
  const database = await createDatabase('load');
  const { host, port, user, password } = database;
  const connection = createConnection({ host, port, user, password, database: database.database });
  onTestFinished(() => connection.destroy());
  const isMariaDB = /mariadb/i.test(String((await database.query('SELECT VERSION() AS v'))[0]?.v));
  const read = createHostLoadReader(connection, isMariaDB);
  for (let look = 0; look < 2; look += 1) {
    const load = await read(7);
    expect(load).toEqual({
      running: expect.any(Number),
      // MySQL shows it with the privilege PROCESS only.
      history: isMariaDB ? expect.any(Number) : undefined,
      // A source does not know the lag of its replicas.
      replicaLag: undefined,
      applierQueue: undefined,
      replicas: [],
      commitMs: 7,
    });
    expect(load.running).toBeGreaterThanOrEqual(0);
  }
});
