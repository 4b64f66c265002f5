import { examinePool } from '../../core/pool/examine-pool.ts';
import type { App } from '../app.ts';
import type { ProvisioningOptions } from '../options/provisioning-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { poolExaminationLines } from '../output/pool-lines.ts';
import type { Screen } from '../output/screen.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProvisioningWiring } from '../wiring/wire-provisioning.ts';

/**
 * Examines the pools of databases for new tenants and prints what was found, if there is a pool. What is found does not
 * change the exit code, because it makes no run and no new tenant fail.
 */
export async function tellPool(
  { host, wiring }: App<CentralWiring & MigrationFilesWiring & ProvisioningWiring>,
  options: SetupOptions & { readonly json?: boolean },
  screen: Screen,
): Promise<void> {
  const size = wiring.poolSize() ?? 0;
  await wiring.usingCentral(options, async ({ provisioning: registry, pool }) => {
    if (!(await pool.exists()) || (await pool.servers()).length === 0) return;
    const bundle = await wiring.loadBundle(options);
    const settings = settingsOf(host.env);
    const provisioning = await wiring.provisioning(registry, bundle, { ...options, ...settings });
    const examinations = await examinePool(pool, provisioning, size);
    screen.print(
      options.json === true
        ? examinations.map((each) => jsonLine({ type: 'pool-examined', ...each }))
        : examinations.flatMap((each) => poolExaminationLines(each, screen.out)),
    );
  });
}

/** The settings of new databases as `tenant:pool` and `tenant:provision` take them from the environment. */
function settingsOf(env: Readonly<Record<string, string | undefined>>): ProvisioningOptions {
  const given = (name: string) => env[name] || undefined;
  return {
    auth: given('FANFOLD_AUTH') as ProvisioningOptions['auth'],
    collation: given('FANFOLD_COLLATION'),
    accountsFrom: given('FANFOLD_ACCOUNTS_FROM'),
    privileges: given('FANFOLD_PRIVILEGES'),
    migrationPrivileges: given('FANFOLD_MIGRATION_PRIVILEGES'),
  } as ProvisioningOptions;
}
