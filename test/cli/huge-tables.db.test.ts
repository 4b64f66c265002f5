import { expect, test, vi } from 'vitest';
import { PATHS, whyNot } from '../support/online-programs.ts';
import { testServer } from '../support/server.ts';
import { realFleet } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

// One online change at a time on a server: it waits for those of other tests.
vi.setConfig({ testTimeout: 300_000 });

const ROWS = 60_000;
const WIDEN = {
  '20260101000000_widen.js': `export const safety = { onlineChange: 'external' };
    export async function up(knex) {
      await knex.raw('ALTER TABLE events MODIFY amount BIGINT');
    }`,
};

/** The objects of an output in lines of JSON. */
const events = (text: string): { readonly type: string; readonly [key: string]: unknown }[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test(`Ctrl-C ends the change of a huge table, doctor names its tables, and the next run resumes${whyNot('gh-ost')}`, async ({
  skip,
}) => {
  if (whyNot('gh-ost') !== '') skip();
  const fleet = await realFleet(['Acme'], WIDEN);
  const [tenant] = fleet.tenants;
  if (tenant === undefined) throw new Error('The fleet has no tenant.');
  const connection = await tenant.multiConnection();
  await connection.query(`
    CREATE TABLE events (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, amount INT);
    SET cte_max_recursion_depth = ${ROWS};
    INSERT INTO events (amount) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT i FROM n;
  `);
  const { user, password, host, port } = testServer();
  const env = {
    ...fleet.env,
    FANFOLD_ADMIN_URL: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}`,
    PATH: `${process.env.PATH}:${PATHS['gh-ost'].slice(0, PATHS['gh-ost'].lastIndexOf('/'))}`,
  };
  const cli = startCli(['migrate:all-tenants', '--json'], { cwd: fleet.folder, env });
  const isCopying = () => cli.stdout.includes('"online-change-progress"');
  await vi.waitUntil(isCopying, { timeout: 200_000 });
  cli.child.kill('SIGINT');
  const { stdout, exitCode } = await cli.ended;
  expect(exitCode).toBe(130);
  const progress = events(stdout).find(({ type }) => type === 'online-change-progress');
  expect(progress).toMatchObject({
    tenant: { slug: 'acme' },
    progress: { program: 'gh-ost', table: 'events', rowsDone: expect.any(Number) },
  });
  const leftovers = "SHOW TABLES LIKE '\\\\_fanfold\\\\_oc\\\\_%'";
  expect(await tenant.query(leftovers)).not.toEqual([]);

  const doctor = await fleet.run('migrate:doctor acme', env);
  expect(doctor.stdout).toMatch(/online-changes: A change of a table by gh-ost was interrupted\./);
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /The next run resumes it.* migrate:tenant acme/,
  );
  // A migration that is half-applied resumes from these tables: they are not cleared away.
  await fleet.run('migrate:doctor acme --fix --yes', env);
  expect(await tenant.query(leftovers)).not.toEqual([]);

  const again = await fleet.run('migrate:tenant acme', env);
  expect(again).toMatchObject({ exitCode: 0 });
  expect(await tenant.query(leftovers)).toEqual([]);
  expect(await tenant.query('SELECT COUNT(*) AS count, SUM(amount) AS sum FROM events')).toEqual([
    { count: ROWS, sum: String((ROWS * (ROWS + 1)) / 2) },
  ]);
  expect((await fleet.run('migrate:doctor acme', env)).stdout).not.toContain('online-changes');
});
