// npm run test:package -- [options]
//
// Installs the packed tarball into projects as other people have them (Nest 10 with Jest 29, the CDK with
// Jest 30, each with its defaults), compiles them, and migrates and provisions tenants on a real server.
// npm test has a short form of it: installed-package.test.ts. Options:
//   --server URL     default: an embedded MariaDB
//   --project TEXT   only projects whose name contains the text
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { ChaosServer } from '../chaos/differential/chaos-server.ts';
import { usingChaosServers } from '../chaos/differential/using-chaos-servers.ts';
import { say } from '../chaos/support/form.ts';
import { packedTarball } from '../support/packed-project.ts';
import { installProject } from './install-project.ts';

const run = promisify(execFile);
const { values: options } = parseArgs({
  options: { server: { type: 'string' }, project: { type: 'string', default: '' } },
});

/** What is run in each project, with the Node of this process; the last word may be a package's binary. */
const PROJECTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  nest10: [
    ['node_modules/.bin/fanfold', 'migrate:latest'],
    ['node_modules/typescript/bin/tsc', '--project', '.'],
    ['dist/main.js'],
    ['node_modules/jest/bin/jest.js', '--ci'],
  ],
  jest30: [
    ['node_modules/typescript/bin/tsc', '--project', '.', '--noEmit'],
    ['node_modules/jest/bin/jest.js', '--ci'],
  ],
};

const MIGRATIONS = {
  '1_create_a.js':
    "exports.up = (knex) => knex.schema.createTable('a', (t) => t.increments('id'));",
  '2_create_b.ts': `import type { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('b', (t) => t.increments('id'));
}`,
  '3_create_c.mjs':
    "export const up = (knex) => knex.schema.createTable('c', (t) => t.increments('id'));",
};

let failed = 0;
let passed = 0;
const tarball = await packedTarball();
await usingChaosServers(options.server, async (server) => {
  // The package is the same on each of them.
  if (passed + failed > 0) return;
  for (const [name, commands] of Object.entries(PROJECTS)) {
    if (name.includes(options.project)) await tryProject(name, commands, server);
  }
});
say(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;

async function tryProject(
  name: string,
  commands: readonly (readonly string[])[],
  server: ChaosServer,
): Promise<void> {
  const project = await installProject(name, tarball);
  mkdirSync(join(project, 'migrations/tenant'), { recursive: true });
  for (const [file, source] of Object.entries(MIGRATIONS)) {
    writeFileSync(join(project, 'migrations/tenant', file), source);
  }
  const central = await server.create([]);
  const { host, port, user, password } = server;
  const env = {
    PATH: process.env.PATH,
    HOME: project,
    NO_COLOR: '1',
    CENTRAL_DATABASE_URL: urlOf(central),
    FANFOLD_ADMIN_URL: `mysql://${user}:${password}@${host}:${port}`,
    DB_ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
    TENANT_SLUG: `${server.prefix.replaceAll('_', '-')}-acme`,
  };
  for (const command of commands) {
    const tenant = await server.create([]);
    const what = `${name}: ${command.join(' ')}`;
    try {
      await run(process.execPath, [...command], {
        cwd: project,
        env: { ...env, TENANT_URL: urlOf(tenant) },
        maxBuffer: 1 << 26,
      });
      passed += 1;
      say(`ok      ${what}`);
    } catch (error) {
      failed += 1;
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      say(`FAILED  ${what}\n${stdout ?? ''}\n${stderr ?? error}`);
    }
    await server.drop(tenant);
  }
  await server.drop(central);
}

function urlOf(login: Awaited<ReturnType<ChaosServer['create']>>): string {
  const { host, port, user, password, database } = login;
  return `mysql://${user}:${password}@${host}:${port}/${database}`;
}
