import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { databaseUrl } from '../programs/database-url.ts';
import type { ServerLogin } from '../server-login.ts';

const run = promisify(execFile);

const COMMAND = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Every fourth migration makes a table with an index; the three after it change that table. */
const CHANGES = [
  "table.string('note', 100)",
  "table.index(['name', 'made'])",
  "table.integer('position').notNullable().defaultTo(0)",
];

/** A folder in which a service provisions, with so many migrations. */
export interface NewTenantsProject {
  readonly folder: string;
  readonly centralUrl: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command line of ours in it. Throws what it printed if it fails. */
  run(...args: readonly string[]): Promise<void>;
  /** Writes the snapshot, made on the server while it has no database. */
  makeSnapshot(): Promise<void>;
}

/**
 * Writes a project.
 *
 * @param pool databases of its pool, or 0 if it replays its migrations and has no snapshot
 */
export async function newTenantsProject(
  folder: string,
  login: ServerLogin,
  central: string,
  { migrations, pool }: { readonly migrations: number; readonly pool: number },
): Promise<NewTenantsProject> {
  const tenantMigrations = join(folder, 'migrations/tenant');
  await mkdir(tenantMigrations, { recursive: true });
  const provisioning = pool === 0 ? { snapshot: 'never' } : { snapshot: 'auto', pool };
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}\n');
  await writeFile(join(folder, 'fanfold.config.json'), JSON.stringify({ provisioning }));
  for (let index = 0; index < migrations; index += 1) {
    const time = String(index).padStart(6, '0');
    await writeFile(join(tenantMigrations, `20250101${time}_step.js`), source(index));
  }
  const centralUrl = databaseUrl(login, central);
  const env = {
    CENTRAL_DATABASE_URL: centralUrl,
    DB_ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
    FANFOLD_ADMIN_URL: databaseUrl(login, ''),
  };
  const inFolder = async (args: readonly string[], own: Readonly<Record<string, string>>) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...own } };
    await run(process.execPath, [COMMAND, ...args], options);
  };
  return {
    folder,
    centralUrl,
    env,
    run: (...args) => inFolder(args, env),
    // Without a central database: the server would be refused as one with tenants.
    makeSnapshot: () => inFolder(['migrate:snapshot', '--scratch-url', env.FANFOLD_ADMIN_URL], {}),
  };
}

function source(index: number): string {
  const table = `things_${Math.floor(index / 4)}`;
  const change = CHANGES[(index % 4) - 1];
  const up =
    change === undefined
      ? `createTable('${table}', (table) => { table.increments('id'); table.string('name').index(); table.timestamp('made'); })`
      : `alterTable('${table}', (table) => { ${change}; })`;
  return `export const up = (knex) => knex.schema.${up};\nexport const down = () => {};\n`;
}
