import { Command } from 'commander';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { addReading, emptyFleetStatus, type FleetStatus } from '../../core/status/fleet-status.ts';
import { readFleet } from '../../core/status/read-fleet.ts';
import type { TenantReading } from '../../core/status/tenant-reading.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { usingInterruption } from '../interruption.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOption, addHostsOption, CONCURRENCY } from '../options/run-options.ts';
import {
  addOutputOptions,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { errorAnnotation } from '../output/github-annotations.ts';
import { jsonLine } from '../output/json-line.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { readingLines, statusLines } from '../output/status-lines.ts';
import { isOnGitHub } from '../report-to-github.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & MigrationFilesWiring & ProcessWiring & TenantsWiring;

interface Options extends SetupOptions, OutputOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
  readonly check?: boolean;
}

/** `migrate:status`: shows how many tenants are at which migration, and which are behind. */
export function migrateStatus(app: App<Needs>): Command {
  const command = new Command('migrate:status')
    .summary('show which tenants are up to date')
    .description(
      'Reads the applied migrations of every ACTIVE tenant with one query each, and shows how many tenants are at which migration, which are behind and which cannot be read. Writes and locks nothing. Exits with 0 even if tenants are behind, unless --check is given.',
    );
  addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command))));
  command.option('--check', 'exit with 1 if a tenant is behind or cannot be read');
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:status',
        'fanfold migrate:status --hosts db1.example.com --verbose',
        'fanfold migrate:status --check',
        'fanfold migrate:status --json | tail -n 1',
      ),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(app.host, (screen) => showStatus(app, options, screen)),
      ),
    );
}

async function showStatus(app: App<Needs>, options: Options, screen: Screen): Promise<number> {
  const { wiring, host } = app;
  const { hosts, concurrency = CONCURRENCY, json = false, verbose = false } = options;
  const bundle = await wiring.loadBundle(options);
  const readTenant = await wiring.readTenant(options);
  const meter = createProgressMeter(wiring.now);
  let status = emptyFleetStatus();

  const onReading = (reading: TenantReading) => {
    meter.finished(reading.status === 'unreadable');
    status = addReading(status, reading);
    if (json) screen.print([jsonLine({ type: 'tenant-status', ...reading })]);
    else if (verbose) screen.print(readingLines(reading, screen.out));
  };

  return usingInterruption(
    { host, screen, wiring, whenLeft: 'Nothing was changed.' },
    async (signal) => {
      await wiring.usingCentral(options, async ({ directory }) => {
        const filter = { status: 'ACTIVE', hosts } as const;
        const total = await directory.count(filter);
        if (!json) screen.print([foundLine(total, bundle)]);
        meter.start(total);
        if (total > 0) screen.showProgress((look) => progressLine(meter.read(), look));
        await readFleet(
          { bundle, filter, concurrency },
          { directory, readTenant },
          onReading,
          signal,
        );
      });
      screen.hideProgress();
      if (json) screen.print([jsonLine({ type: 'fleet-status', ...status })]);
      else if (status.total > 0) screen.print(statusLines(status, screen.out));
      if (signal.aborted) screen.warn(`Interrupted after ${countOf(status.total, 'tenant')}.`);
      else if (status.behind > 0) screen.note(['Next: `fanfold migrate:all-tenants`']);
      if (signal.aborted) return EXIT.interrupted;
      return options.check === true ? conclude(status, host, screen) : EXIT.ok;
    },
  );
}

/** Ends a check; the tenants have been printed already. */
function conclude(
  { behind, behindTenants, unreadable }: FleetStatus,
  host: Host,
  screen: Screen,
): number {
  const { failed } = unreadable.counts;
  if (behind + failed === 0) return EXIT.ok;
  const parts = [
    ...(behind === 0 ? [] : [`${countOf(behind, 'tenant')} behind`]),
    ...(failed === 0 ? [] : [`${countOf(failed, 'tenant')} could not be read`]),
  ];
  screen.note([`Check failed: ${parts.join(', ')}.`]);
  if (isOnGitHub(host)) {
    const names = [
      ...behindTenants.map(({ tenant }) => tenant.slug),
      ...unreadable.failures.flatMap(({ tenants }) => tenants.map(({ slug }) => slug)),
    ];
    screen.note([
      errorAnnotation(`Fleet: ${parts.join(', ')}`, [`For example: ${names.join(', ')}`]),
    ]);
  }
  return EXIT.failed;
}

function foundLine(total: number, { migrations }: Bundle): string {
  return `📋 Found ${total} active tenant(s), ${countOf(migrations.length, 'migration')}`;
}
