import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { POOL_PREFIX } from '../../src/core/pool/fill-pool.ts';
import { testServer } from '../support/server.ts';
import { type RealFleet, realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const table = (name: string) => `
  export const up = (knex) => knex.schema.createTable('${name}', (table) => { table.increments('id'); });
  export const down = (knex) => knex.schema.dropTable('${name}');`;

/** A fleet whose project keeps two databases ready on each server. */
async function pooling() {
  const fleet = await realFleet(['Acme'], { '20260101000000_create_tasks.js': table('tasks') });
  const config = { provisioning: { pool: 2 } };
  await writeFile(join(fleet.folder, 'fanfold.config.json'), JSON.stringify(config));
  const { host, port, user, password } = testServer();
  const login = { [`${host}:${port}`]: { user, password } };
  const admins = join(fleet.folder, 'admins.json');
  await writeFile(admins, JSON.stringify(login));
  const run = (argv: string, env: Readonly<Record<string, string>> = {}) =>
    fleet.run(argv, { FANFOLD_ADMIN_FILE: admins, ...env });
  const root = await testServer().rootConnection();
  onTestFinished(async () => {
    for (const name of await namesOf(fleet)) {
      await root.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await root.query(`DROP USER IF EXISTS '${name}'@'%'`);
    }
    await root.end();
  });
  return { ...fleet, run, root, where: `--host ${host} --port ${port}` };
}

async function namesOf({ central }: Pick<RealFleet, 'central'>): Promise<string[]> {
  const rows = await central.query(
    "SELECT dbName AS name FROM fanfold_pool WHERE state <> 'TAKEN' UNION SELECT dbName FROM tenants",
  );
  return rows.map(({ name }) => String(name)).filter((name) => name.startsWith(POOL_PREFIX));
}

describe('a pool on the command line', () => {
  test('a pool on the command line gives a database to a tenant, which cannot be undone then, and is filled again', async () => {
    const { run, where, central, root } = await pooling();
    const early = await run(`tenant:provision early ${where}`);
    expect(early.stdout).toMatch(/^✅ early is ACTIVE: early_db at /m);
    expect(early.stdout).toContain('had no database that fits.');
    expect(early.stderr).toContain('Fill the pool again: fanfold tenant:pool --refill');

    const filled = await run('tenant:pool --refill');
    expect(filled.stdout).toContain('2 databases made, 0 migrated, 0 removed');
    expect((await run('tenant:pool')).stdout.match(/: ready, at /g)).toHaveLength(2);
    const next = await run(`tenant:provision next ${where}`);
    expect(next.stdout).toMatch(/^✅ next is ACTIVE: fanfold_pool_[0-9a-f]{8} at /m);
    expect(next.stdout).toContain('The database was taken from the pool.');
    expect(next.exitCode).toBe(0);
    const named = await run(`tenant:provision named ${where} --database named_db`);
    expect(named.stdout).toMatch(/^✅ named is ACTIVE: named_db at /m);
    expect(named.stdout).not.toContain('pool');

    const undone = await run('tenant:provision next --undo --yes');
    expect(undone.stderr).toContain('it is ACTIVE');
    expect(undone.exitCode).toBe(2);

    // A process was killed between the row and the database: nothing was made, and nothing has to be.
    await central.query(
      "INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (UUID(), 'cut', 'cut', 'PROVISIONING', 'no-such-host.invalid', 1, '', '', '')",
    );
    await central.query(
      "INSERT INTO fanfold_tenants (tenantId, provisioning, provisioningOf) SELECT id, 'claimed', SHA2('', 256) FROM tenants WHERE slug = 'cut'",
    );
    const cut = await run('tenant:provision cut --undo --yes');
    expect(cut.stdout).toContain('✅ Removed cut: its row.');
    expect(await central.query("SELECT 1 FROM tenants WHERE slug = 'cut'")).toEqual([]);

    const drained = await run('tenant:pool --drain --yes');
    expect(drained.stdout).toContain('Dropped 1 pooled database(s)');
    expect((await run('migrate:doctor all')).stdout).not.toContain('Pool of');
    for (const name of ['early', 'named']) {
      await root.query(`DROP DATABASE ${name}_db`);
      await root.query(`DROP USER ${name}`);
    }
  });

  test('a pool on the command line is examined by the doctor, which names what is wrong and what to do', async () => {
    const { run, where, root, central, folder } = await pooling();
    await run(`tenant:pool --refill ${where}`);
    const well = await run('migrate:doctor all');
    expect(well.stdout).toContain(': 2 of 2 ready');
    // Pools of other tests may be on the server.
    expect(well.stdout.replaceAll(/⚠️ {2}\w+ exists at/g, '')).not.toContain('⚠️');

    const [gone, other] = await namesOf({ central });
    await root.query(`DROP DATABASE \`${gone}\``);
    await writeMigrations(folder, { '20260102000000_create_notes.js': table('notes') });
    const orphan = `${POOL_PREFIX}${Date.now().toString(16).slice(-8)}`;
    await root.query(`CREATE DATABASE ${orphan}`);
    onTestFinished(async () => {
      await (await testServer().rootConnection()).query(`DROP DATABASE IF EXISTS ${orphan}`);
    });
    const ill = await run('migrate:doctor all');
    const said = ill.stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain(': 0 of 2 ready');
    expect(said).toContain(`⚠️ ${gone}: There is no database "${gone}"`);
    expect(said).toContain(`⚠️ ${other} lacks migrations.`);
    expect(said).toContain('0 databases can be handed out, and 2 are wanted.');
    expect(said).toContain(`⚠️ ${orphan} exists at`);
    expect(said).toContain('Fill the pool, which repairs it: fanfold tenant:pool --refill');
    expect(said).toContain(`DROP DATABASE ${orphan};`);
    // It makes neither a run nor a new tenant fail.
    expect(ill.exitCode).toBe(0);
    const lines = (await run('migrate:doctor all --json')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line)).at(-1)).toMatchObject({
      ...{ type: 'pool-examined', ready: 0, wanted: 2 },
      findings: expect.arrayContaining([expect.objectContaining({ code: 'PoolOrphan' })]),
    });

    const repaired = await run('tenant:pool --refill');
    expect(repaired.stdout).toContain('1 database made, 1 migrated, 1 removed');
    const other2 = await run('migrate:doctor all', { FANFOLD_PRIVILEGES: 'SELECT' });
    expect(other2.stdout).toContain('was made with other settings');
    expect((await run('migrate:doctor all')).stdout).toContain(': 2 of 2 ready');
    await run('tenant:pool --drain --yes');
  });
});
