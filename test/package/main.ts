// npm run test:package -- [options]
//
// Installs the packed tarball into projects as other people have them (Nest 10 with Jest 29, the CDK with
// Jest 30, each with its defaults) and into the examples, compiles them, and migrates and provisions
// tenants on a real server. `npm test` has a short form of it: installed-package.test.ts. Options:
//   --server URL     default: an embedded MariaDB
//   --project TEXT   only projects and examples whose name contains the text
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packedTarball } from '../../scripts/packed-tarball.ts';
import { repository } from '../../scripts/repository.mjs';
import type { ChaosDatabase, ChaosServer } from '../chaos/differential/chaos-server.ts';
import { usingChaosServers } from '../chaos/differential/using-chaos-servers.ts';
import { say } from '../chaos/support/form.ts';
import { runInShell } from '../support/packed-project.ts';
import { checkCdkApp } from './examples/check-cdk-app.ts';
import { checkGithubActions } from './examples/check-github-actions.ts';
import { checkNestService } from './examples/check-nest-service.ts';
import type { InstalledExample } from './examples/example.ts';
import { installProject } from './install-project.ts';

const run = promisify(execFile);
const { values: options } = parseArgs({
  options: { server: { type: 'string' }, project: { type: 'string', default: '' } },
});

/** Commands that are run in each project, by the Node of this process. */
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

/** Checks of the examples, by their folder's name. */
const EXAMPLES: Readonly<Record<string, (example: InstalledExample) => Promise<void>>> = {
  'nest-service': checkNestService,
  'cdk-app': checkCdkApp,
  'github-actions': checkGithubActions,
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
  for (const [name, check] of Object.entries(EXAMPLES)) {
    if (name.includes(options.project)) await tryExample(name, check, server);
  }
});
say(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;

async function tryProject(
  name: string,
  commands: readonly (readonly string[])[],
  server: ChaosServer,
): Promise<void> {
  const project = await installProject(join(import.meta.dirname, 'projects', name), tarball);
  mkdirSync(join(project, 'migrations/tenant'), { recursive: true });
  for (const [file, source] of Object.entries(MIGRATIONS)) {
    writeFileSync(join(project, 'migrations/tenant', file), source);
  }
  const central = await server.create([]);
  const env = environmentOf(name, project, central, server);
  for (const command of commands) {
    const tenant = await server.create([]);
    const step = `${name}: ${command.join(' ')}`;
    try {
      await run(process.execPath, [...command], {
        cwd: project,
        env: { ...env, TENANT_URL: urlOf(tenant) },
        maxBuffer: 1 << 26,
      });
      passed += 1;
      say(`ok      ${step}`);
    } catch (error) {
      failed += 1;
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      say(`FAILED  ${step}\n${stdout ?? ''}\n${stderr ?? error}`);
    }
    await server.drop(tenant);
  }
  await server.drop(central);
}

async function tryExample(
  name: string,
  check: (example: InstalledExample) => Promise<void>,
  server: ChaosServer,
): Promise<void> {
  const project = await installProject(join(repository, 'examples', name), tarball);
  const central = await server.create([]);
  const env = environmentOf(name, project, central, server);
  const inShell: InstalledExample['run'] = async (command, more = {}) => {
    const { output, exitCode } = await runInShell(command, project, { ...env, ...more });
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${output}`);
    return output;
  };
  try {
    await check({ project, server, env, run: inShell });
    passed += 1;
    say(`ok      example ${name}`);
  } catch (error) {
    failed += 1;
    say(`FAILED  example ${name}\n${error instanceof Error ? error.message : error}`);
  }
  await server.drop(central);
}

function environmentOf(name: string, project: string, central: ChaosDatabase, server: ChaosServer) {
  const { host, port, user, password } = server;
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: project,
    NO_COLOR: '1',
    CENTRAL_DATABASE_URL: urlOf(central),
    FANFOLD_ADMIN_URL: `mysql://${user}:${password}@${host}:${port}`,
    TENANTS_SERVER_URL: `mysql://${host}:${port}`,
    DB_ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
    // The names of its database and user start like everything that is dropped at the end.
    TENANT_SLUG: `${server.prefix.replaceAll('_', '-')}-${name}`,
  };
}

function urlOf(login: ChaosDatabase): string {
  const { host, port, user, password, database } = login;
  return `mysql://${user}:${password}@${host}:${port}/${database}`;
}
