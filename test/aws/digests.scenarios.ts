import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { runCliProcess } from '../cli/support/spawn-cli.ts';
import { countingServer } from '../support/counting-server.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import type { FleetTenant } from './support/fleet.ts';
import { deployedStack } from './support/scenario.ts';
import { setTimes } from './support/set-times.ts';

const { executions, fleet, summary, object, keys } = deployedStack();
const { environment, stack } = inject('aws');

/** Of waits: the interval begins two seconds after the wave, and the bake of one minute ends after a minute all the same. */
const TIME_SCALE = 0.1;

const REQUEST = { bakeMinutes: 1, watch: { digest: true } };

/** An application that reads and writes a table until the test ends. */
function work(connection: Connection): { rounds(): number } {
  let isOver = false;
  let rounds = 0;
  const running = (async () => {
    for (; !isOver; rounds += 1) {
      await connection.query('SELECT id, title FROM tasks WHERE user_id = ?', [rounds % 500]);
      await connection.query('UPDATE tasks SET title = ? WHERE id = ?', ['done', rounds % 9_000]);
      await delay(5);
    }
  })();
  onTestFinished(async () => {
    isOver = true;
    await running;
    await connection.end();
  });
  return { rounds: () => rounds };
}

/**
 * Three tenants of which the first is a canary, on a server that counts statements, with an application at work.
 * Undefined if there is no such server.
 */
async function busyCanary() {
  const counting = await countingServer();
  if (counting === undefined) return undefined;
  const { tenants, migrated, password } = await fleet(3);
  const [canary] = tenants as [FleetTenant, ...FleetTenant[]];
  const { host, port, user, password: rootPassword } = counting.server;
  const root = await createConnection({ host, port, user, password: rootPassword });
  const { database } = canary;
  const account = database.slice(0, database.lastIndexOf('_'));
  await root.query(`CREATE USER IF NOT EXISTS '${account}'@'%' IDENTIFIED BY '${password}'`);
  await root.query(`CREATE DATABASE IF NOT EXISTS \`${database}\``);
  await root.query(`GRANT ALL ON \`${database.replaceAll('_', '\\_')}\`.* TO '${account}'@'%'`);
  await root.query(
    `GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO '${account}'@'%'`,
  );
  onTestFinished(async () => {
    await root.end();
    await counting.stop();
  });
  await canary.update({ dbHost: host, dbPort: String(port) });
  await root.changeUser({ database });
  await root.query(
    'CREATE TABLE tasks (id INT PRIMARY KEY AUTO_INCREMENT, user_id INT, title VARCHAR(100), KEY by_user (user_id))',
  );
  await root.query(
    `INSERT INTO tasks (user_id, title) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
     SELECT (a.i * 7 + b.i * 31) MOD 500, 'x' FROM n a, n b WHERE b.i <= 20`,
  );
  const app = work(await createConnection({ host, port, user, password: rootPassword, database }));
  while (app.rounds() < 50) await delay(50);
  await setTimes({ timeScale: TIME_SCALE });
  return { canary, root, migrated, waves: [{ tenants: [canary.slug] }] };
}

const entered = async (arn: string) =>
  (await executions.history(arn)).flatMap(
    ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [],
  );

describe('statements of a canary', () => {
  it('a canary that loses an index holds the rollout within a minute, and passes once it is repaired and redriven', async ({
    skip,
  }) => {
    const given = await busyCanary();
    if (given === undefined) return skip('The server does not count statements.');
    const { canary, root, migrated, waves } = given;
    await canary.misbehave({ how: 'send', times: 1, sql: 'ALTER TABLE tasks DROP KEY by_user' });
    const from = performance.now();
    const held = await executions.run({ ...REQUEST, waves });
    expect(performance.now() - from).toBeLessThan(60_000);
    expect(held).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(held.cause).toMatch(
      /Since the wave, a statement in tenant-000 takes .* instead of .* times as long\), and reads [\d,]+ rows instead of \d+: SELECT .* WHERE `user_id` = \?/,
    );
    expect(await summary(held.name)).toMatchObject({ counts: { migrated: 1, skipped: 2 } });
    expect(JSON.parse(await object(`runs/${held.name}/rollout.json`))).toMatchObject({
      held: { wave: 2, gate: 'watch' },
    });
    // Counters are kept, and no statement.
    const kept = (await keys(`runs/${held.name}/digests/`)).sort();
    expect(kept.map((key) => key.split('/').at(-1))).toEqual([
      'wave-1-before.json',
      'wave-1-start.json',
    ]);
    expect(await object(kept[0] ?? '')).not.toMatch(/SELECT|tasks/i);

    await root.query('ALTER TABLE tasks ADD KEY by_user (user_id)');
    const redriven = await executions.redrive(held.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
    expect(redriven.output?.notes).toEqual({});
    const states = await entered(held.arn);
    expect(states.filter((state) => state === 'ReadDigests')).toHaveLength(1);
    expect(await migrated()).toEqual(expect.arrayContaining(['tenant-001', 'tenant-002']));
  });

  it('a canary whose statements stay as they are does not hold the rollout, also if the run is stopped during its bake', async ({
    skip,
  }) => {
    const given = await busyCanary();
    if (given === undefined) return skip('The server does not count statements.');
    const { canary, waves } = given;
    await canary.misbehave({
      ...{ how: 'send', times: 1 },
      sql: 'ALTER TABLE tasks ADD COLUMN note VARCHAR(50)',
    });
    const arn = await executions.start({ ...REQUEST, waves });
    while (!(await entered(arn)).includes('CompareDigests')) await delay(200);
    await executions.stop(arn);
    const run = await executions.redrive(arn);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
    expect(run.output?.notes).toEqual({});
  });

  it('a server that does not count statements fails the run before anything is changed', async ({
    skip,
  }) => {
    const { tenants, migrated } = await fleet(2);
    const run = await executions.run({ ...REQUEST, waves: [{ tenants: [tenants[0]?.slug] }] });
    // The project's own server may count, and its users may not look.
    if (run.status === 'SUCCEEDED') return skip('The server lets every user look.');
    expect(run).toMatchObject({ status: 'FAILED', error: 'DigestsUnavailable' });
    expect(await migrated()).toEqual([]);
    expect(await entered(run.arn)).not.toContain('MigrateTenants');
  });

  it('the command line starts a run that watches statements, and a bake of no time is refused', async () => {
    const { tenants } = await fleet(2);
    const { exitCode, stderr } = await runCliProcess(
      [
        'migrate:all-tenants',
        ...['--canary', tenants[0]?.slug ?? ''],
        ...['--watch-digest', '--aws', stack.stackName],
      ],
      { cwd: await fixtureFolder(), env: environment },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('statements are compared during the bake');
  });
});
