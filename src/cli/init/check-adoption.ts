import { tryPasswords } from '../../core/adoption/try-passwords.ts';
import { createBundle } from '../../core/bundle/bundle.ts';
import { createPasswordOpener } from '../../core/encryption/password-opener.ts';
import type { Tenant } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { EXIT } from '../exit-codes.ts';
import type { InitOptions } from '../options/init-options.ts';
import { passwordLines } from '../output/adoption-lines.ts';
import { examinationLines } from '../output/doctor-lines.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProjectWiring } from '../wiring/wire-project.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import type { ProposedFiles } from './propose-files.ts';

/** The groups of the wiring that this command uses. */
type Needs = CredentialsWiring & MigrationFilesWiring & ProjectWiring & TenantsWiring;

/** Decrypts the passwords of some tenants, checks one of them, and prints the next commands. */
export async function checkAdoption(
  wiring: Needs,
  samples: readonly Tenant[],
  files: ProposedFiles,
  options: InitOptions,
  screen: Screen,
): Promise<number> {
  const { out } = screen;
  const tried = await tryPasswords(samples, createPasswordOpener(await wiring.keyRing()));
  if (tried.length > 0) screen.print(passwordLines(tried, out));
  const opened = tried.find(({ error }) => error === undefined)?.tenant;
  const isWell = opened === undefined || (await examine(wiring, opened, files, options, screen));
  if (isWell && tried.every(({ error }) => error === undefined)) {
    screen.print(nextLines(opened, files));
    return EXIT.ok;
  }
  screen.print(['', 'Next: fix that, then check again: `fanfold init`']);
  return EXIT.failed;
}

async function examine(
  wiring: Needs,
  tenant: Tenant,
  { migrationsFolder, migrations }: ProposedFiles,
  options: InitOptions,
  screen: Screen,
): Promise<boolean> {
  // Loaded as every command loads it from now on.
  const { section, knexfile } = await wiring.loadProject(options.env);
  const named = section.migrations?.tableName ?? knexfile?.migrations.tableName;
  const setup = {
    ...options,
    migrations: migrationsFolder,
    tableName: named ?? 'knex_migrations',
    allowDuplicateTimestamps: section.migrations?.allowDuplicateTimestamps === true,
  };
  const bundle = migrations === 0 ? createBundle([]) : await wiring.loadBundle(setup);
  const examineTenant = await wiring.examineTenant(setup);
  const examination = await examineTenant(tenant, bundle);
  screen.print(examinationLines(examination, screen.out));
  return examination.status === 'well';
}

function nextLines(tenant: Tenant | undefined, { migrations }: ProposedFiles): string[] {
  const plan = commandSpan('migrate:plan');
  const commands =
    migrations === 0
      ? [commandSpan('migrate:make', 'create_users'), plan]
      : tenant === undefined
        ? [commandSpan('tenant:add', '--help'), plan]
        : [plan, commandSpan('migrate:tenant', tenant.slug)];
  return ['', 'Next:', ...commands.map((command) => `  ${printable(command)}`)];
}
