import { bundleUpTo } from '../core/bundle/bundle.ts';
import { FanfoldError } from '../core/errors.ts';
import type { RunResult } from '../core/in-process/run-fan-out.ts';
import type { Recording } from '../core/safety/recording.ts';
import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { hasScratch, type ScratchOptions, scratchMissing } from './options/scratch-options.ts';
import type { SetupOptions } from './options/setup-options.ts';
import { jsonLine } from './output/json-line.ts';
import { sqlLines } from './output/sql-lines.ts';
import type { TenantRun } from './run-tenants.ts';
import type { SafetyWiring } from './wiring/wire-safety.ts';

type Options = SetupOptions & ScratchOptions & { readonly json?: boolean };

/** Options that `--sql` needs, and those that it excludes. */
interface SqlOptions extends ScratchOptions {
  readonly sql?: boolean;
  readonly aws?: string;
  readonly rollback?: string | true;
}

/** Throws if `--sql` cannot be shown, before anything is read. */
export function checkSql({ sql = false, aws, rollback, ...scratch }: SqlOptions): void {
  if (!sql) {
    if (scratch.scratch === undefined) return;
    throw optionsExclude('--scratch needs --sql.', 'Add --sql, or leave it out.');
  }
  if (aws !== undefined) {
    const nextStep =
      'Run it on this machine, without --aws, with the migrations of the deployment.';
    throw optionsExclude(
      '--sql has no meaning with --aws: the migrations are deployed there.',
      nextStep,
    );
  }
  if (rollback !== undefined) {
    throw optionsExclude('--sql has no meaning with --rollback.', 'Leave one of them out.');
  }
  if (!hasScratch(scratch)) throw scratchMissing('--sql');
}

function optionsExclude(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('OptionsExclude', message, { fault: 'usage', nextStep });
}

/** Shows the SQL of the migrations that a plan has found pending, after its summary. */
export function planSql(app: App<SafetyWiring>, options: Options): NonNullable<TenantRun['after']> {
  return async ({ summary }, bundle, screen) => {
    const pending = pendingIn(summary);
    const last = bundle.migrations.findLast(({ id }) => pending.has(id));
    if (last === undefined) return EXIT.ok;
    const needed = bundleUpTo(bundle, last.id) ?? bundle;
    const recording = await app.wiring.recordBundle(options, needed, (message) =>
      screen.note([message]),
    );
    if (options.json === true) screen.print(jsonLines(recording, pending));
    else screen.print(sqlLines(recording, pending, screen.out));
    return recording.failure === undefined ? EXIT.ok : EXIT.failed;
  };
}

function pendingIn({ plan }: RunResult['summary']): ReadonlySet<string> {
  return new Set(plan?.groups.flatMap(({ migrations }) => migrations) ?? []);
}

function jsonLines({ server, migrations, failure }: Recording, pending: ReadonlySet<string>) {
  const { product, version } = server;
  return [
    ...migrations
      .filter(({ id }) => pending.has(id))
      .map(({ id, statements }) =>
        jsonLine({
          type: 'migration-sql',
          migration: id,
          server: { product, version },
          statements: statements.map(({ number, text, kind, verdict, isRefused }) => ({
            number,
            text,
            kind,
            ...(verdict !== undefined && { verdict }),
            ...(isRefused && { refused: true }),
          })),
        }),
      ),
    ...(failure === undefined ? [] : [jsonLine({ type: 'scratch-failed', failure })]),
  ];
}
