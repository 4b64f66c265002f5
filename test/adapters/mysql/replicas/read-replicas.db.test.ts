import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReadTenantFacts } from '../../../../src/adapters/mysql/read-tenant-facts.ts';
import { createReplicaReader } from '../../../../src/adapters/mysql/replicas/read-replicas.ts';
import type { ReplicaLag } from '../../../../src/core/replicas/replica-standing.ts';
import {
  type ReplicatedPair,
  startReplicatedPair,
  whyNoPair,
} from '../../../support/replication.ts';

const why = whyNoPair();

describe.skipIf(why !== '')(`a real source and its replica${why}`, () => {
  let pair: ReplicatedPair;
  const READER = { user: 'lag_reader', password: 'lag-reader-7' };
  const NOBODY = { user: 'nobody_there', password: 'nobody-7' };

  beforeAll(async () => {
    pair = await startReplicatedPair();
    for (const { user, password } of [READER, NOBODY]) {
      await pair.onSource.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    }
    await pair.onSource.query(
      `GRANT ${pair.isMariaDb ? 'REPLICA MONITOR' : 'REPLICATION CLIENT'} ON *.* TO '${READER.user}'@'%'`,
    );
    await pair.onSource.query('CREATE DATABASE shop');
    await pair.onSource.query('CREATE TABLE shop.tasks (id INT PRIMARY KEY, note TEXT)');
    await pair.caughtUp();
  }, 120_000);

  afterAll(() => pair?.stop());

  const reader = (options: { login?: typeof READER; heartbeat?: string; port?: number } = {}) =>
    createReplicaReader({
      findReplicas: () => [{ host: '127.0.0.1', port: options.port ?? pair.replica.port }],
      findLogin: async () => options.login ?? READER,
      heartbeat: options.heartbeat,
      tls: () => undefined,
    });
  const lagOf = async (read = reader()): Promise<ReplicaLag | undefined> =>
    (await read(pair.source))[0]?.lag;
  /** Asks until the answer is as wanted: seconds are whole, and threads take a moment. */
  const eventually = async (isWanted: (lag: ReplicaLag) => boolean, read?: typeof lagOf) => {
    for (const until = Date.now() + 20_000; ; await sleep(200)) {
      const lag = (await (read ?? lagOf)()) ?? { unread: 'nothing' };
      if (isWanted(lag)) return lag;
      if (Date.now() > until) expect.fail(`The lag stays ${JSON.stringify(lag)}.`);
    }
  };
  const isSoon = (lag: ReplicaLag) => 'seconds' in lag && lag.seconds <= 1;

  it('reads no lag of a replica that keeps up', async () => {
    await pair.caughtUp();
    await eventually(isSoon);
  });

  it('reads the seconds of a replica that a lock holds up, and of one that has caught up again', async () => {
    const holder = await pair.replica.connection();
    await holder.query('LOCK TABLES shop.tasks READ');
    await pair.onSource.query("INSERT INTO shop.tasks VALUES (1, 'late')");
    await eventually((lag) => 'seconds' in lag && lag.seconds >= 2);
    await holder.end();
    await pair.caughtUp();
    await eventually(isSoon);
  }, 60_000);

  it('says that a replica is stopped, which no number says', async () => {
    await pair.onReplica.query(`STOP ${pair.words} SQL_THREAD`);
    expect(await lagOf()).toEqual({ stopped: 'its SQL thread is stopped' });
    await pair.onReplica.query(`START ${pair.words} SQL_THREAD`);
    await pair.caughtUp();
    await eventually(isSoon);
    await pair.onReplica.query(`STOP ${pair.words} IO_THREAD`);
    await eventually((lag) => 'stopped' in lag && /not connected/.test(lag.stopped));
    await pair.onReplica.query(`START ${pair.words} IO_THREAD`);
    await pair.caughtUp();
    await eventually(isSoon);
  }, 60_000);

  it('names the error of a replica that cannot apply a row, without the row', async () => {
    await pair.caughtUp();
    await pair.onReplica.query("INSERT INTO shop.tasks VALUES (7, 'taken')");
    await pair.onSource.query("INSERT INTO shop.tasks VALUES (7, 'secret')");
    const lag = await eventually((one) => 'stopped' in one);
    expect(lag).toEqual({ stopped: 'its SQL thread is stopped (error 1062)' });
    await pair.onReplica.query('DELETE FROM shop.tasks WHERE id = 7');
    await pair.onReplica.query(`START ${pair.words} SQL_THREAD`);
    await pair.caughtUp();
  }, 60_000);

  it('leaves out a delay that is wanted', async () => {
    const change = pair.isMariaDb
      ? 'CHANGE MASTER TO MASTER_DELAY'
      : 'CHANGE REPLICATION SOURCE TO SOURCE_DELAY';
    await pair.onReplica.query(`STOP ${pair.words}`);
    await pair.onReplica.query(`${change} = 4`);
    await pair.onReplica.query(`START ${pair.words}`);
    await pair.onSource.query("REPLACE INTO shop.tasks VALUES (2, 'delayed')");
    for (let look = 0; look < 4; look += 1) {
      await sleep(950);
      expect(await lagOf()).toSatisfy(isSoon);
    }
    await pair.onReplica.query(`STOP ${pair.words}`);
    await pair.onReplica.query(`${change} = 0`);
    await pair.onReplica.query(`START ${pair.words}`);
    await pair.caughtUp();
  }, 60_000);

  it.each([
    ['a login without the privilege', () => ({ login: NOBODY }), /error 1227/],
    ['a wrong password', () => ({ login: { ...READER, password: 'wrong-7' } }), /AccessDenied/],
    ['a port where nobody listens', () => ({ port: 9 }), /ConnectionRefused/],
    ['a server that is not a replica', () => ({ port: pair.source.port }), /not a replica/],
    ['a heartbeat that is not there', () => ({ heartbeat: 'percona.heartbeat' }), /source.*error/],
  ])('cannot read the lag with %s, and says why', async (_, options, words) => {
    const lag = await lagOf(reader(options()));
    expect(lag).toEqual({ unread: expect.stringMatching(words) });
    expect(JSON.stringify(lag)).not.toMatch(/-7"/);
  });

  it('does not take the lag of a replica of another server for that of a replica of this one', async () => {
    await pair.onSource.query('SET GLOBAL server_id = 77');
    try {
      expect(await lagOf()).toEqual({
        unread: expect.stringMatching(/^it replicates from another server \(127\.0\.0\.1:\d+\)$/),
      });
    } finally {
      await pair.onSource.query('SET GLOBAL server_id = 1');
    }
  });

  it('shows a plan how late a configured replica is, and where the others are', async () => {
    const { host, port, user, password } = pair.source;
    const login = { host, port, user, password, database: 'shop' };
    const options = { connectTimeoutMs: 3_000, tls: () => undefined };
    const alone = await createReadTenantFacts(options)(login, ['tasks']);
    expect(alone.replication).toMatchObject({
      seen: { replicas: 1, replicaNames: [expect.stringMatching(/^replica[.]internal:\d+$/)] },
    });
    const replicas = { find: () => [], read: reader(), maxLagSeconds: 5 };
    const facts = await createReadTenantFacts({ ...options, replicas })(login, ['tasks']);
    expect(facts.replication).toMatchObject({
      seen: {
        replicas: 1,
        configured: [{ replica: `127.0.0.1:${pair.replica.port}`, lag: expect.anything() }],
      },
    });
  });

  it('compares heartbeats, whatever the time zone of their writer', async () => {
    await pair.onSource.query('CREATE DATABASE percona');
    await pair.onSource.query(
      'CREATE TABLE percona.heartbeat (ts VARCHAR(26) NOT NULL, server_id INT UNSIGNED NOT NULL PRIMARY KEY)',
    );
    await pair.onSource.query(`GRANT SELECT ON percona.heartbeat TO '${READER.user}'@'%'`);
    /** As pt-heartbeat writes it, on a machine that is eleven hours ahead. */
    const beat = (at = Date.now()) =>
      pair.onSource.query('REPLACE INTO percona.heartbeat VALUES (?, 1)', [
        new Date(at + 11 * 3_600_000).toISOString().slice(0, -1),
      ]);
    const read = reader({ heartbeat: 'percona.heartbeat' });
    await pair.caughtUp();
    expect(await lagOf(read)).toEqual({ unread: 'the source has no heartbeat of server_id 1' });
    await beat();
    await pair.caughtUp();
    await sleep(950);
    expect(await lagOf(read)).toEqual({ seconds: 0 });
    const holder = await pair.replica.connection();
    await holder.query('LOCK TABLES percona.heartbeat READ');
    const first = Date.now();
    await beat(first + 7_500);
    await sleep(950);
    expect(await lagOf(read)).toEqual({ seconds: expect.closeTo(7.5, -0.5) });
    await holder.end();
    await pair.caughtUp();
    expect(await eventually(isSoon, () => lagOf(read))).toEqual({ seconds: 0 });
  }, 60_000);
});
