import { Command } from 'commander';
import { requestedBundle } from '../../core/bundle/requested-bundle.ts';
import type { Attempt, AttemptContext } from '../../core/migrate/attempt.ts';
import { databaseNextStep } from '../../core/migrate/database-next-step.ts';
import { parseDatabaseUrl } from '../../core/migrate/parse-database-url.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS } from '../../core/request.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { guardRequest } from '../options/guard-options.ts';
import { addMigrationOptions, type RunOptions } from '../options/run-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { databaseLines } from '../output/database-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { Verbatim } from '../output/verbatim.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = MigrationFilesWiring &
  Pick<TenantsWiring, 'attemptDatabase' | 'strayErrors'> &
  ProcessWiring;

interface Options extends SetupOptions, RunOptions {
  readonly json?: boolean;
}

const LEFT_AT_ONCE =
  'A statement may still run in the database server. Call the command again to continue.';

/** `migrate:database [url]`: runs the pending migrations of one database, without a central one. */
export function migrateDatabase(app: App<Needs>): Command {
  const command = new Command('migrate:database')
    .description(
      'Runs the pending migrations of one database, as migrate:tenant does, without a central database: for a database on a laptop, in CI, or one that is not a tenant. No run is stored.',
    )
    .argument('[url]', 'mysql://user:password@host:3306/database (default: DATABASE_URL)');
  addSetupOptions(addMigrationOptions(command))
    .optionsGroup('Output:')
    .option('--json', 'print only JSON on standard output');
  return command
    .addHelpText(
      'after',
      examples(
        'DATABASE_URL=mysql://root@127.0.0.1:3306/app fanfold migrate:database',
        'fanfold migrate:database mysql://root@127.0.0.1:3306/app --json',
      ),
    )
    .action(
      app.action((url: string | undefined, options: Options) =>
        usingScreen(app.host, (screen) => migrate(app, url, options, screen)),
      ),
    );
}

async function migrate(
  { host, wiring }: App<Needs>,
  url: string | undefined,
  options: Options,
  screen: Screen,
): Promise<number> {
  const login = parseDatabaseUrl(
    url ?? host.env.DATABASE_URL,
    url === undefined ? 'DATABASE_URL' : 'The URL',
  );
  const { json = false } = options;
  const strayErrors = await wiring.strayErrors();
  return usingMigrationCode({ host, screen, strayErrors, json }, async () => {
    const bundle = requestedBundle(await wiring.loadBundle(options), options);
    const attemptDatabase = await wiring.attemptDatabase(options);
    const attempt = await usingInterruption(
      { host, screen, wiring, whenLeft: LEFT_AT_ONCE },
      (signal) =>
        attemptDatabase(login, {
          runId: wiring.newRunId(),
          bundle,
          request: requestOf(options),
          pause: () => signal.aborted,
        }),
    );
    const shown = withNextStep(attempt);
    if (json) screen.print([jsonOf(login, shown)]);
    else screen.print(databaseLines(login, shown, screen.out));
    return exitCodeOf(attempt);
  });
}

function requestOf(options: Options): AttemptContext['request'] {
  return {
    command: 'migrate',
    strict: options.strict ?? false,
    allowMissing: options.allowMissing ?? false,
    lockWaitTimeoutSeconds: options.lockWaitTimeout ?? LOCK_WAIT_TIMEOUT_SECONDS,
    statementTimeoutSeconds: options.statementTimeout,
    ...guardRequest(options),
    phase: 'all',
  };
}

function withNextStep(attempt: Attempt): Attempt {
  if (attempt.status !== 'failed') return attempt;
  const { failure } = attempt;
  return { ...attempt, failure: { ...failure, nextStep: databaseNextStep(failure) } };
}

function exitCodeOf({ status }: Attempt): number {
  if (status === 'continue') return EXIT.interrupted;
  return status === 'failed' ? EXIT.failed : EXIT.ok;
}

function jsonOf({ host, port, database }: ConnectionLogin, attempt: Attempt): Verbatim {
  return jsonLine({ type: 'database-migrated', host, port, database, ...attempt });
}
