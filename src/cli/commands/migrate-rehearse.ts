import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Bundle, splitMigrationName } from '../../core/bundle/bundle.ts';
import { migrationUnknown } from '../../core/safety/lint/migration-unknown.ts';
import { evidenceOf, resultOfRehearsal } from '../../core/safety/rehearsal/evidence.ts';
import type { Rehearsal } from '../../core/safety/rehearsal/rehearsal.ts';
import { rehearseBundle } from '../../core/safety/rehearsal/rehearse-bundle.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import {
  addRehearsalStartOptions,
  checkRehearsalStart,
  type RehearsalStartOptions,
} from '../options/rehearsal-start-options.ts';
import { addScratchOptions, type ScratchOptions } from '../options/scratch-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { rehearsalOutput } from '../output/rehearsal-output.ts';
import { showRehearsal } from '../output/rehearsal-progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { type FleetStarts, readFleetStarts, unreadSentence } from '../rehearsal-shapes.ts';
import type { ShapeGroupsWiring } from '../tenants/read-shape-groups.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { SafetyWiring } from '../wiring/wire-safety.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = SafetyWiring &
  ShapeGroupsWiring &
  ProcessWiring &
  MigrationFilesWiring &
  Pick<TenantsWiring, 'strayErrors'> &
  Pick<ShapesWiring, 'writeFile'>;

interface Options extends SetupOptions, ScratchOptions, RehearsalStartOptions {
  readonly migration?: readonly string[];
  readonly from?: string;
  readonly evidence?: string;
  readonly stops: number;
  readonly seed: number;
  readonly failOnWarnings?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Stops of one up or down by default: those of five statements. */
const USUAL_STOPS = 15;

/** `migrate:rehearse`: runs migrations on a scratch server in every way that they may run in a fleet. */
export function migrateRehearse(app: App<Needs>): Command {
  const command = new Command('migrate:rehearse')
    .description(
      'Runs migrations on a scratch server: up, down and up again; killed before, within and after statements and resumed; at another time, in a database with another name, with rows, in another order, and all in one run. Connects to no tenant, unless --from-fleet reads the shapes of the named tenants, or of every ACTIVE one, in read-only sessions. Exits with 1 if a migration is wrong. Starts a server of this machine if none is named.',
    )
    .optionsGroup('Migrations:')
    .addOption(
      new Option('--migration <name...>', 'rehearse these, and only apply the others').argParser(
        (name: string, before: readonly string[] = []) => [...before, splitMigrationName(name).id],
      ),
    )
    .addOption(
      new Option('--from <migration>', 'rehearse this migration and all later ones').argParser(
        (name: string) => splitMigrationName(name).id,
      ),
    )
    .argument('[slug|id...]', 'tenants for --from-fleet (default: every ACTIVE tenant)');
  addRehearsalStartOptions(command)
    .optionsGroup('Stops:')
    .addOption(
      new Option('--stops <count>', 'stops of each up and down, or all')
        .argParser(stopsOf)
        .default(USUAL_STOPS),
    )
    .addOption(
      new Option('--seed <number>', 'chooses the stops if there are more')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .optionsGroup('Output:')
    .option('--evidence <file>', 'write what was shown into a file, to be kept beside the bundle')
    .option('--fail-on-warnings', 'exit with 1 for warnings too')
    .option('--json', 'print one JSON object per line')
    .option('--verbose', 'show every tenant that could not be read');
  return addSetupOptions(addScratchOptions(command))
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:rehearse',
        'fanfold migrate:rehearse --scratch mysql:8.4 --stops all',
        'fanfold migrate:rehearse --from 20260102000000_change_tasks --json',
        'fanfold migrate:rehearse --shapes shapes.jsonl --evidence rehearsal.json',
        'fanfold migrate:rehearse --from-fleet --hosts db1.example.com',
        'fanfold migrate:rehearse --from-fleet acme-corp beta --scratch mysql:8.4',
      ),
    )
    .action(
      app.action((names: string[], typed: Options, self: Command) =>
        usingScreen(app.host, async (screen) => {
          const options = { ...typed, ...checkRehearsalStart(self, names, typed) };
          const strayErrors = await app.wiring.strayErrors();
          const json = options.json === true;
          return usingMigrationCode({ host: app.host, screen, strayErrors, json }, () =>
            rehearse(app, names, options, screen),
          );
        }),
      ),
    );
}

function stopsOf(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, or all.');
}

async function rehearse(
  app: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring } = app;
  const { json = false, stops, seed, evidence, fromFleet = false } = options;
  const bundle = await wiring.loadBundle(options);
  const isRehearsed = rehearsedIn(bundle, options);
  const file = options.shapes === undefined ? [] : await wiring.readShapeFile(options.shapes);
  const rules = await wiring.rehearsalRules(options);
  const notice = (message: string) => screen.note([message]);
  // The scratch server is refused before the first tenant is read.
  return wiring.usingRehearsalServer(options, notice, async (server) => {
    const { facts } = server;
    const starts: FleetStarts = fromFleet
      ? await readFleetStarts(app, names, options, { screen, scratch: facts, bundle })
      : { shapes: file, unread: 0 };
    if (starts.exitCode !== undefined) return starts.exitCode;
    const { shapes = [], servers, unread } = starts;
    const { length } = bundle.migrations.filter(({ id }) => isRehearsed(id));
    screen.note([
      `🔁 Rehearsing ${countOf(length, 'migration')} on ${facts.product} ${facts.version}...`,
      '',
    ]);
    const rehearsals = await rehearseBundle(server, {
      ...rules,
      bundle,
      loadBundle: () => wiring.loadBundle(options),
      isRehearsed,
      shapes,
      servers,
      readsShapes: shapes.length > 0 || evidence !== undefined,
      readsStoppedShapes: evidence !== undefined,
      mostStops: stops,
      seed,
      // Only a person reads it.
      ...(!json && { progress: showRehearsal(screen, wiring.now) }),
    });
    screen.hideProgress();
    for (const [at, rehearsal] of rehearsals.entries()) {
      if (at > 0 && !json) screen.print(['']);
      screen.print(rehearsalOutput(rehearsal, json, screen.out));
    }
    if (evidence !== undefined)
      await writeEvidence(app, rehearsals, { ...options, bundle }, screen);
    if (unread > 0) screen.warn(unreadSentence(unread));
    const exitCode = exitCodeOf(rehearsals, options);
    return unread > 0 && options.failOnWarnings === true ? EXIT.failed : exitCode;
  });
}

async function writeEvidence(
  { wiring }: App<Needs>,
  rehearsals: readonly Rehearsal[],
  { evidence: file = '', json, bundle }: Options & { readonly bundle: Bundle },
  screen: Screen,
): Promise<void> {
  const evidence = evidenceOf(rehearsals, {
    bundle,
    tool: packageJson.version,
    madeAt: new Date(),
  });
  await wiring.writeFile(file, `${JSON.stringify(evidence, null, 2)}\n`, '--evidence');
  if (json !== true) screen.note([`💾 Evidence written to ${printable(file)}`]);
}

/** Whether a migration is rehearsed, by the options. */
function rehearsedIn(
  { migrations }: Bundle,
  { migration: names, from }: Pick<Options, 'migration' | 'from'>,
): (id: string) => boolean {
  const ids = migrations.map(({ id }) => id);
  for (const name of [...(names ?? []), ...(from === undefined ? [] : [from])]) {
    if (!ids.includes(name)) throw migrationUnknown(name, ids);
  }
  const start = from === undefined ? 0 : ids.indexOf(from);
  return (id) => ids.indexOf(id) >= start && (names?.includes(id) ?? true);
}

function exitCodeOf(rehearsals: readonly Rehearsal[], { failOnWarnings = false }: Options): number {
  const isGood = rehearsals
    .map(resultOfRehearsal)
    .every((result) => result === 'right' || (result === 'labelled' && !failOnWarnings));
  return isGood ? EXIT.ok : EXIT.failed;
}
