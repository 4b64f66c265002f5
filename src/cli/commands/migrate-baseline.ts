import { Command } from 'commander';
import { forEachTenant } from '../../core/list/for-each-tenant.ts';
import type { Baseline } from '../../core/migrate/baseline-tenant.ts';
import type { Tenant } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOption, addHostsOption, CONCURRENCY } from '../options/run-options.ts';
import {
  addOutputOptions,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { baselineLines } from '../output/baseline-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { namedOrAll } from '../tenants/named-or-all.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & MigrationFilesWiring & ProcessWiring & TenantsWiring;

interface Options extends SetupOptions, OutputOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
}

/** `migrate:baseline <tenant|all>`: records checksums of migrations that plain Knex has applied. */
export function migrateBaseline(app: App<Needs>): Command {
  const command = new Command('migrate:baseline')
    .description(
      'Records checksums of applied migrations that have none yet, such as those that plain Knex applied. From then on, a changed file is detected. Runs no migration. A tenant to which a run applies a migration is baselined by that run, so this command is optional.',
    )
    .argument('<slug|id|all...>', 'tenants, or "all" for every ACTIVE tenant');
  addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command))));
  return command
    .addHelpText(
      'after',
      examples('fanfold migrate:baseline acme-corp', 'fanfold migrate:baseline all'),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => record(app, names, options, screen)),
      ),
    );
}

async function record(
  { wiring, host }: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { concurrency = CONCURRENCY, json = false, verbose = false, hosts } = options;
  const bundle = await wiring.loadBundle(options);
  const baselineTenant = await wiring.baselineTenant(options);
  const count = { recorded: 0, unchanged: 0, failed: 0 };

  const onBaseline = (baseline: Baseline) => {
    count[baseline.status]++;
    if (json) screen.print([jsonLine({ type: 'tenant-baselined', ...baseline })]);
    else if (verbose || baseline.status !== 'unchanged') {
      screen.print(baselineLines(baseline, screen.out));
    }
  };

  return usingInterruption(
    {
      host,
      screen,
      wiring,
      whenLeft: 'Recorded checksums stay; run the command again for the other tenants.',
    },
    async (signal) => {
      await wiring.usingCentral(options, async ({ directory }) => {
        const recordOne = async (tenant: Tenant) =>
          onBaseline(await baselineTenant(tenant, bundle));
        const chosen = await namedOrAll(directory, names, { hosts, command: 'migrate:baseline' });
        await forEachTenant(chosen.tenants, concurrency, recordOne, signal);
      });
      if (json) screen.print([jsonLine({ type: 'fleet-baselined', ...count })]);
      else {
        screen.print([
          `Recorded: ${countOf(count.recorded, 'tenant')}; nothing to record: ${count.unchanged}; failed: ${count.failed}`,
        ]);
      }
      if (signal.aborted) return EXIT.interrupted;
      return count.failed > 0 ? EXIT.failed : EXIT.ok;
    },
  );
}
