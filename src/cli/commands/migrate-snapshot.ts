import { Command, Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { makeSnapshot, type SnapshotStep } from '../../core/snapshot/make-snapshot.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addScratchOptions, type ScratchOptions } from '../options/scratch-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { usingScreen } from '../output/screen.ts';
import { snapshotLines } from '../output/snapshot-lines.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { SnapshotWiring } from '../wiring/wire-snapshot.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = MigrationFilesWiring &
  ProcessWiring &
  SnapshotWiring &
  Pick<TenantsWiring, 'strayErrors'>;

interface Options extends SetupOptions, ScratchOptions {
  readonly out?: string;
  readonly collation?: string;
  readonly maxMegabytes: number;
  readonly json?: boolean;
}

/** Megabytes of statements. More than that takes a replay no longer than reading the file does. */
const MOST_MEGABYTES = 64;

const STEP_WORDS: Readonly<Record<SnapshotStep, string>> = {
  replay: 'Running the migrations',
  'replay again': 'Running them again at another time, for another tenant',
  compare: 'Comparing both databases and writing the snapshot',
  prove: 'Making a database from the snapshot and comparing it',
  find: 'Looking for the migrations that make the difference',
};

/** `migrate:snapshot`: writes what the migrations make of an empty database, from which new tenants are made. */
export function migrateSnapshot(app: App<Needs>): Command {
  const command = new Command('migrate:snapshot')
    .description(
      'Writes a snapshot of what all migrations make of an empty database: definitions, and the rows that they insert. New tenants are made from it instead of running every migration, on servers of the same kind. Runs the migrations twice on a scratch server, at different times and for different tenants, makes a third database from the snapshot, and keeps the file only if all three are equal. Exits with 1 if a migration depends on time, chance or the tenant: new tenants run the migrations then.',
    )
    .option('--out <file>', 'the file (default: provisioning.snapshotFile, or fanfold.snapshot)')
    .option('--collation <name>', "of new tenants' databases (default: the server's for utf8mb4)")
    .addOption(
      new Option('--max-megabytes <count>', 'a larger snapshot is not made')
        .argParser(wholeNumber(1, 4_096))
        .default(MOST_MEGABYTES),
    )
    .option('--json', 'print the result as one line of JSON');
  return addSetupOptions(addScratchOptions(command))
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:snapshot',
        'fanfold migrate:snapshot --scratch mysql:8.4 --out dist/fanfold.snapshot',
      ),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { host, wiring } = app;
          const { json = false } = options;
          const strayErrors = await wiring.strayErrors();
          const bundle = await wiring.loadBundle(options);
          const notice = (message: string) => screen.note([message]);
          return wiring.usingSnapshotServer(options, notice, async (server, sql) => {
            const { product, version } = server.facts;
            if (!json) {
              screen.note([
                `📸 ${countOf(bundle.migrations.length, 'migration')} on ${product} ${version}`,
              ]);
            }
            const path = wiring.snapshotPath(options.out);
            const result = await usingMigrationCode({ host, screen, strayErrors, json }, () =>
              makeSnapshot(server, {
                bundle,
                loadBundle: () => wiring.loadBundle(options),
                collation: options.collation,
                sql,
                openSink: () => wiring.openSnapshotSink(path, options.maxMegabytes * 1_048_576),
                tool: packageJson.version,
                madeAt: new Date(),
                onStep: (step) => {
                  if (!json) screen.note([`⏳ ${STEP_WORDS[step]}`]);
                },
              }),
            );
            screen.print(
              json
                ? [jsonLine({ type: 'snapshot', ...result })]
                : snapshotLines(result, path, screen.out),
            );
            return result.status === 'made' ? EXIT.ok : EXIT.failed;
          });
        }),
      ),
    );
}
