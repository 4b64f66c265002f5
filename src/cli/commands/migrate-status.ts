import { Command } from 'commander';
import { addReading, emptyFleetStatus, type FleetStatus } from '../../core/status/fleet-status.ts';
import { readFleet } from '../../core/status/read-fleet.ts';
import type { TenantReading } from '../../core/status/tenant-reading.ts';
import type { PageToken } from '../../core/wire/operator-schemas.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { addOperatorOption, refuseLocalOptions } from '../options/aws-options.ts';
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
import { printable } from '../output/printable.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { readingLines, statusLines } from '../output/status-lines.ts';
import type { Host } from '../process/host.ts';
import { isOnGitHub } from '../runs/report-to-github.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & MigrationFilesWiring & ProcessWiring & RemoteWiring & TenantsWiring;

interface Options extends SetupOptions, OutputOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
  readonly check?: boolean;
  readonly aws?: string;
}

/** `migrate:status`: shows how many tenants are at which migration, and which are behind. */
export function migrateStatus(app: App<Needs>): Command {
  const command = new Command('migrate:status').description(
    'Reads the applied migrations of every ACTIVE tenant with one query each, and shows how many tenants are at which migration, which are behind and which cannot be read. Writes and locks nothing. Exits with 0 even if tenants are behind, unless --check is given.',
  );
  addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command))));
  command.option('--check', 'exit with 1 if a tenant is behind or cannot be read');
  return addOperatorOption(command)
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:status',
        'fanfold migrate:status --hosts db1.example.com --verbose',
        'fanfold migrate:status --check',
        'fanfold migrate:status --json | tail -n 1',
        'fanfold migrate:status --aws Fanfold',
      ),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(app.host, (screen) => showStatus(app, command, options, screen)),
      ),
    );
}

async function showStatus(
  app: App<Needs>,
  command: Command,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { aws, json = false, verbose = false } = options;
  if (aws !== undefined) refuseLocalOptions(command);
  const readFleetStatus = await (aws === undefined
    ? statusHere(wiring, options)
    : statusOnAws(wiring, { ...options, aws }, screen));
  const meter = createProgressMeter(wiring.now);
  let status = emptyFleetStatus();

  const onFound = ({ tenants, migrations }: FoundFleet) => {
    if (!json) screen.print([foundLine(tenants, migrations)]);
    meter.start(tenants);
    if (tenants > 0) screen.showProgress((look) => progressLine(meter.read(), look));
  };
  const onReading = (reading: TenantReading) => {
    meter.finished(reading.status === 'unreadable');
    status = addReading(status, reading);
    if (json) screen.print([jsonLine({ type: 'tenant-status', ...reading })]);
    else if (verbose) screen.print(readingLines(reading, screen.out));
  };

  return usingInterruption(
    { host, screen, wiring, whenLeft: 'Nothing was changed.' },
    async (signal) => {
      await readFleetStatus({ onFound, onReading }, signal);
      screen.hideProgress();
      if (json) screen.print([jsonLine({ type: 'fleet-status', ...status })]);
      else if (status.total > 0) screen.print(statusLines(status, screen.out));
      if (signal.aborted) screen.warn(`Interrupted after ${countOf(status.total, 'tenant')}.`);
      else if (status.behind > 0) {
        const onStack = aws === undefined ? [] : ['--aws', aws];
        screen.note([`Next: ${printable(commandSpan('migrate:all-tenants', ...onStack))}`]);
      }
      if (signal.aborted) return EXIT.interrupted;
      return options.check === true ? conclude(status, host, screen) : EXIT.ok;
    },
  );
}

/** Reads a fleet, here or on AWS. */
type ReadFleetStatus = (
  to: {
    readonly onFound: (found: FoundFleet) => void;
    readonly onReading: (reading: TenantReading) => void;
  },
  signal: AbortSignal,
) => Promise<void>;

interface FoundFleet {
  readonly tenants: number;
  readonly migrations: number;
}

/** This process asks each tenant's database. */
async function statusHere(wiring: Needs, options: Options): Promise<ReadFleetStatus> {
  const { hosts, concurrency = CONCURRENCY } = options;
  const bundle = await wiring.loadBundle(options);
  const readTenant = await wiring.readTenant(options);
  const filter = { status: 'ACTIVE', hosts } as const;
  return ({ onFound, onReading }, signal) =>
    wiring.usingCentral(options, async ({ directory }) => {
      onFound({
        tenants: await directory.count(filter),
        migrations: bundle.migrations.length,
      });
      const ask = { bundle, filter, concurrency };
      await readFleet(ask, { directory, readTenant }, onReading, signal);
    });
}

/** A function of the stack asks them, page by page. */
async function statusOnAws(
  wiring: Needs,
  { aws, hosts, concurrency = CONCURRENCY }: Options & { readonly aws: string },
  screen: Screen,
): Promise<ReadFleetStatus> {
  const operator = await wiring.remoteOperator(aws, 'inspect', (message) => screen.warn(message));
  return async ({ onFound, onReading }, signal) => {
    let page: PageToken | undefined;
    do {
      const request = { hosts, concurrency, page };
      const { found, readings, next } = await operator.ask('status', request, signal);
      if (found !== undefined) onFound(found);
      for (const reading of readings) onReading(reading);
      page = next;
    } while (page !== undefined && !signal.aborted);
  };
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

function foundLine(tenants: number, migrations: number): string {
  return `📋 Found ${tenants} active tenant(s), ${countOf(migrations, 'migration')}`;
}
