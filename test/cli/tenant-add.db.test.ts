import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { parseCentralDatabaseUrl } from '../../src/core/central/central-database-url.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { testServer } from '../support/server.ts';
import { fakeHost } from './support/fake-host.ts';
import { TEST_KEY } from './support/real-fleet.ts';

describe('tenant:add', () => {
  let central: TestDatabase;
  let acme: TestDatabase;
  beforeAll(async () => {
    [central, acme] = await Promise.all([createDatabase('add_c'), createDatabase('add_t')]);
    await migrateCentralLatest({ login: parseCentralDatabaseUrl(central.url) });
  });
  afterAll(() => Promise.all([central.drop(), acme.drop()]));

  async function add(given: Partial<TestDatabase> & { slug: string }, ...flags: string[]) {
    const { slug, host, port, database, user, password } = { ...acme, ...given };
    const env = { CENTRAL_DATABASE_URL: central.url, DB_ENCRYPTION_KEY: TEST_KEY };
    const running = fakeHost({ env: { ...env, FANFOLD_TENANT_PASSWORD: password } });
    const words = `--slug ${slug} --host ${host} --port ${port} --database ${database} --user ${user}`;
    const argv = ['tenant:add', ...words.split(' '), ...flags];
    const exitCode = await runCli(argv, running, createWiring);
    return { exitCode, output: running.out + running.err };
  }
  const rows = () => central.query('SELECT slug FROM tenants');

  it.each([
    ['a host that is not there', { host: 'nowhere.invalid' }, 'does not resolve'],
    ['a port on which nobody listens', { port: 1 }, 'Nothing accepts connections'],
    ['a wrong password', { password: 'not-this-one' }, 'not-shown'],
    ['a database that is not there', { database: 'ff_nowhere' }, 'ff_nowhere'],
  ])('tenant:add refuses %s with its error code, and adds nothing', async (_, given, says) => {
    const { exitCode, output } = await add({ slug: 'acme', ...given });
    expect(output).toContain('acme was not added.');
    if (says === 'not-shown') expect(output).not.toContain('not-this-one');
    else expect(output).toContain(says);
    expect(output).toContain('--unchecked');
    expect(exitCode).toBe(1);
    expect(await rows()).toEqual([]);
  });

  it('tenant:add refuses a user who may not change the schema', async () => {
    const reader = `${acme.user.slice(0, 26)}_r`;
    const root = await testServer().rootConnection();
    await root.query(`CREATE USER '${reader}'@'%' IDENTIFIED BY 'reads-only'`);
    await root.query(`GRANT SELECT ON ${acme.database}.* TO '${reader}'@'%'`);
    const { exitCode, output } = await add({ slug: 'acme', user: reader, password: 'reads-only' });
    await root.query(`DROP USER '${reader}'@'%'`);
    expect(output).toMatch(/was not added\..*CREATE/);
    expect(exitCode).toBe(1);
  });

  it('tenant:add adds a reachable tenant, and an unreachable one with --unchecked', async () => {
    const first = await add({ slug: 'acme' });
    expect(first.output).toContain('✅ Added acme (ACTIVE)');
    expect(first.exitCode).toBe(0);
    expect((await add({ slug: 'later', host: 'nowhere.invalid' }, '--unchecked')).exitCode).toBe(0);
    expect(await rows()).toHaveLength(2);
  });
});
