import { Command } from 'commander';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import { DriftGroups } from '../../core/shapes/drift/drift-groups.ts';
import { type JudgedGroup, judgeGroup } from '../../core/shapes/drift/judge-group.ts';
import { sharedDifferences } from '../../core/shapes/drift/shared-differences.ts';
import { readFleetShapes } from '../../core/shapes/read-fleet-shapes.ts';
import { ShapeGroups } from '../../core/shapes/shape-groups.ts';
import { tenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOption, addHostsOption, CONCURRENCY } from '../options/run-options.ts';
import {
  addScratchOptions,
  hasScratch,
  type ScratchOptions,
  scratchMissing,
} from '../options/scratch-options.ts';
import {
  addOutputOptions,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { driftLines } from '../output/drift-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import { ALL, namedOrAll } from '../tenants/named-or-all.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = CentralWiring &
  MigrationFilesWiring &
  ProcessWiring &
  ShapesWiring &
  Pick<TenantsWiring, 'strayErrors'>;

interface Options extends SetupOptions, OutputOptions, ScratchOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
  readonly check?: boolean;
  readonly repair?: string;
}

/** `fleet:drift [tenant…]`: finds tenants whose definitions are not those of their recorded migrations. */
export function fleetDrift(app: App<Needs>): Command {
  const command = new Command('fleet:drift')
    .description(
      'Compares the definitions of every ACTIVE tenant, or of the named ones, with what its recorded migrations make in an empty database of a scratch server. Sessions of tenants are read-only. --repair writes a migration for one difference, to be read and committed; it is never run here.',
    )
    .argument('[slug|id...]', 'tenants (default: every ACTIVE tenant)');
  addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command))));
  addScratchOptions(command);
  return command
    .optionsGroup('Output:')
    .option('--check', 'exit with 1 for drift, and for tenants that were not compared')
    .option('--repair <difference>', 'write a migration that repairs this difference, by its id')
    .addHelpText(
      'after',
      examples(
        'fanfold fleet:drift --scratch',
        'fanfold fleet:drift acme-corp --scratch mysql:8.4 --verbose',
        'fanfold fleet:drift --scratch --repair 5f0c9a1e',
        'fanfold fleet:drift --scratch --check --json | tail -n 1',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, async (screen) => {
          if (!hasScratch(options)) throw scratchMissing('fleet:drift');
          const strayErrors = await app.wiring.strayErrors();
          const { json = false } = options;
          return usingMigrationCode({ host: app.host, screen, strayErrors, json }, () =>
            showDrift(app, names, options, screen),
          );
        }),
      ),
    );
}

async function showDrift(
  app: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const bundle = await wiring.loadBundle(options);
  const unread = new ShapeGroups();
  return usingInterruption(
    { host, screen, wiring, whenLeft: 'Nothing was changed.' },
    async (signal) => {
      const notice = (message: string) => screen.note([message]);
      // The scratch server is refused before the first tenant is read.
      const judged = await wiring.usingExpectedShapes(
        options,
        bundle,
        notice,
        async (expectShape, scratch) => {
          const groups = await readGroups(app, names, options, { screen, bundle, unread, signal });
          const found: JudgedGroup[] = [];
          for (const group of groups.all()) {
            if (signal.aborted) break;
            found.push(await judgeGroup(group, scratch, expectShape));
          }
          return found;
        },
      );
      print(judged, unread, options, screen);
      if (signal.aborted) {
        screen.warn('Interrupted: not every tenant was compared.');
        return EXIT.interrupted;
      }
      if (options.repair !== undefined) await writeRepair(app, judged, options, screen);
      const isGood =
        judged.every(({ status }) => status === 'as made' || status === 'unsure') &&
        unread.unreadable.counts.failed === 0;
      return options.check === true && !isGood ? EXIT.failed : EXIT.ok;
    },
  );
}

interface Reading {
  readonly screen: Screen;
  readonly bundle: Bundle;
  readonly unread: ShapeGroups;
  readonly signal: AbortSignal;
}

async function readGroups(
  { wiring }: App<Needs>,
  names: readonly string[],
  options: Options,
  { screen, bundle, unread, signal }: Reading,
): Promise<DriftGroups> {
  const { json = false, verbose = false, hosts, concurrency = CONCURRENCY } = options;
  const dependencies = await wiring.shapeReading(options);
  const groups = new DriftGroups(bundle);
  const meter = createProgressMeter(wiring.now);
  await wiring.usingCentral(options, async ({ directory }) => {
    const all = names.length === 0 ? [ALL] : names;
    const chosen = await namedOrAll(directory, all, { hosts, command: 'fleet:drift' });
    const count = await chosen.count();
    const migrations = countOf(bundle.migrations.length, 'migration');
    if (!json) {
      screen.print([`📋 Found ${formatCount(count)} tenant(s) to compare with ${migrations}`]);
    }
    meter.start(count);
    if (count > 0) screen.showProgress((look) => progressLine(meter.read(), look));
    const terms = { concurrency, signal, withState: true };
    await readFleetShapes(chosen.tenants, terms, dependencies, (tenant, found) => {
      const ref = tenantRef(tenant);
      meter.finished(found.status === 'unreadable');
      if (found.status === 'unreadable') {
        unread.addUnreadable(ref, found.failure);
        const { failure } = found;
        if (json) screen.print([jsonLine({ type: 'tenant-drift', tenant: ref, failure })]);
        else if (verbose) {
          const line = printable(`❌ ${ref.slug}: ${failure.message}`);
          screen.print(wrapText(line, screen.out.width, '   '));
        }
        return;
      }
      if (found.state === undefined) throw new Error('The recorded migrations were not read.');
      const group = groups.add(ref, found.shape, found.state);
      if (json) screen.print([jsonLine({ type: 'tenant-drift', tenant: ref, group })]);
    });
  });
  screen.hideProgress();
  return groups;
}

function print(
  judged: readonly JudgedGroup[],
  { unreadable }: ShapeGroups,
  { json, verbose }: Options,
  screen: Screen,
): void {
  if (json !== true) {
    screen.print(driftLines(judged, unreadable, screen.out, verbose === true));
    return;
  }
  const { counts, failures, otherFailures } = unreadable;
  const tenantsOf = (status: JudgedGroup['status']) =>
    judged.reduce((sum, group) => sum + (group.status === status ? group.tenants : 0), 0);
  screen.print([
    ...judged.map((group) => {
      const { id, status, tenants, named, recorded, unknown, shape } = group;
      const { fingerprint } = shape;
      const result =
        group.status === 'not compared'
          ? { why: group.why }
          : { differences: group.differences, doubtful: group.doubtful };
      const of = { group: id, status, fingerprint, tenants, named, recorded, unknown };
      return jsonLine({ type: 'drift-group', ...of, ...result });
    }),
    ...sharedDifferences(judged).map(({ id, difference, tenants, named }) =>
      jsonLine({ type: 'drift-difference', id, tenants, named, ...difference }),
    ),
    jsonLine({
      type: 'fleet-drift',
      asMade: tenantsOf('as made'),
      drift: tenantsOf('drift'),
      unsure: tenantsOf('unsure'),
      notCompared: tenantsOf('not compared'),
      unreadable: { total: counts.failed, failures, otherFailures },
    }),
  ]);
}

async function writeRepair(
  { wiring }: App<Needs>,
  judged: readonly JudgedGroup[],
  { repair, migrations }: Options,
  screen: Screen,
): Promise<void> {
  const differences = sharedDifferences(judged);
  const meant = differences.find(({ id }) => id === repair);
  if (meant === undefined) {
    const ids = differences.map(({ id }) => id);
    throw new FanfoldError('DifferenceUnknown', `No tenant has the difference "${repair}" now.`, {
      fault: 'usage',
      nextStep:
        ids.length === 0
          ? 'There is no drift.'
          : `Name one of these: ${ids.slice(0, 10).join(', ')}`,
    });
  }
  const { name, body } = await wiring.repairFile(meant);
  const path = await wiring.makeMigration(migrations, name, undefined, body);
  screen.note([
    `📝 ${printable(path)}`,
    'Read it, rehearse it and commit it. Nothing was changed in a database.',
  ]);
}
