import { Command, Option } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addGuardOptions } from '../options/guard-options.ts';
import { wholeNumber } from '../options/parse-number.ts';
import {
  addRollbackPlanOptions,
  type RollbackOptions,
  rollbackRequest,
} from '../options/rollback-options.ts';
import {
  addConcurrencyOptions,
  addPhaseOption,
  addPlanOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addScratchOptions } from '../options/scratch-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { type AnalysisOptions, checkAnalysis, planAnalysis } from '../plan-analysis.ts';
import type { PlanChecksWiring } from '../plan-checks.ts';
import type { PlanForecastWiring } from '../plan-forecast.ts';
import { findRun } from '../runs/find-run.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';
import type { SafetyWiring } from '../wiring/wire-safety.ts';

interface Options
  extends RunOptions,
    TenantRunOptions,
    AwsOptions,
    RollbackOptions,
    AnalysisOptions {
  /** Id of the run that would be rolled back, or `true` without one. */
  readonly rollback?: string | true;
}

/** `migrate:plan [tenant…]`: shows pending migrations without running them. */
export function migratePlan(
  app: App<StartRunWiring & SafetyWiring & PlanForecastWiring & PlanChecksWiring>,
): Command {
  const command = new Command('migrate:plan')
    .description(
      'Shows which migrations would run for each ACTIVE tenant, or for the named tenants. Takes no lock and writes nothing to a tenant database.',
    )
    .argument('[slug|id...]', 'tenants (default: every ACTIVE tenant)');
  addRollbackPlanOptions(
    addPhaseOption(addGuardOptions(addPlanOptions(addConcurrencyOptions(command)))),
  );
  command
    .optionsGroup('Output:')
    .option('--sql', 'show the SQL of pending migrations, run on a scratch server')
    .option(
      '--forecast',
      'show times, locks and disk, from a scratch server and the sizes of the tables of each tenant',
    )
    .option(
      '--check-data',
      'ask each tenant for rows that pending migrations would fail at, or change',
    )
    .addOption(
      new Option(
        '--check-timeout <seconds>',
        'with --check-data: time limit for a question (default: 30)',
      ).argParser(wholeNumber(1, 86_400)),
    );
  addAwsOption(addScratchOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:plan',
        'fanfold migrate:plan acme-corp beta',
        'fanfold migrate:plan --phase all',
        'fanfold migrate:plan --hosts db1.example.com --json',
        'fanfold migrate:plan --rollback 20261127-093012-4f2a1c',
        'fanfold migrate:plan --sql --scratch',
        'fanfold migrate:plan --forecast --scratch mysql:8.4',
        'fanfold migrate:plan --check-data --scratch mysql:8.4',
        'fanfold migrate:plan --aws Fanfold',
      ),
    )
    .action(
      app.action(async (names: string[], options: Options) => {
        const { rollback } = options;
        checkAnalysis(options);
        return startRun(app, command, options, {
          request: {
            command: 'plan',
            ...explicitRequest(options),
            ...rollbackRequest(options),
            ...(rollback !== undefined && { rollback: true }),
            ...(typeof rollback === 'string' && { run: await runOf(app, rollback, options) }),
            ...(names.length > 0 && { tenants: names }),
          },
          start:
            rollback === undefined
              ? '🔎 Planning migrations, nothing is changed...'
              : '🔎 Planning a rollback, nothing is changed...',
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: 'Nothing to plan: no tenant is ACTIVE. Add one with: `fanfold tenant:add --help`',
            success: '',
          },
          after: planAnalysis(app, options),
        });
      }),
    );
}

async function runOf(app: App<StartRunWiring>, name: string, options: Options): Promise<string> {
  if (options.aws !== undefined) {
    const { rolledBackRunId } = await import('../remote/rolled-back-run-id.ts');
    return rolledBackRunId(app, name, options.aws);
  }
  return (await findRun(await app.wiring.runStore(options), name, 'rollback')).id;
}
