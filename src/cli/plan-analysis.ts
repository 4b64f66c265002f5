import { bundleUpTo } from '../core/bundle/bundle.ts';
import type { RunResult } from '../core/in-process/run-fan-out.ts';
import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { type GuardOptions, guardRequest } from './options/guard-options.ts';
import { optionsExclude } from './options/options-exclude.ts';
import { hasScratch, type ScratchOptions, scratchMissing } from './options/scratch-options.ts';
import type { RunStoreOptions, SetupOptions } from './options/setup-options.ts';
import type { PlanChecksWiring } from './plan-checks.ts';
import type { PlanForecastWiring } from './plan-forecast.ts';
import { showSql } from './plan-sql.ts';
import type { TenantRun } from './runs/run-tenants.ts';
import type { SafetyWiring } from './wiring/wire-safety.ts';

/** Options of a plan that run its migrations on a scratch server. */
export interface AnalysisOptions extends ScratchOptions {
  readonly sql?: boolean;
  readonly forecast?: boolean;
  readonly checkData?: boolean;
  /** Seconds. */
  readonly checkTimeout?: number;
}

interface Options extends SetupOptions, RunStoreOptions, AnalysisOptions, GuardOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Throws if the analysis is not possible, before anything is read. */
export function checkAnalysis({
  aws,
  rollback,
  ...options
}: AnalysisOptions & { readonly aws?: string; readonly rollback?: string | true }): void {
  const option = analysisOf(options);
  if (options.checkTimeout !== undefined && options.checkData !== true) {
    throw optionsExclude('--check-timeout needs --check-data.', 'Add it, or leave both out.');
  }
  if (option === undefined) {
    if (options.scratch === undefined) return;
    throw optionsExclude(
      '--scratch needs --sql, --forecast or --check-data.',
      'Add one of them, or leave it out.',
    );
  }
  if (aws !== undefined) {
    const nextStep =
      'Run it on this machine, without --aws, with the migrations of the deployment.';
    throw optionsExclude(
      `${option} has no meaning with --aws: the migrations are deployed there.`,
      nextStep,
    );
  }
  if (rollback !== undefined) {
    throw optionsExclude(`${option} has no meaning with --rollback.`, 'Leave one of them out.');
  }
  if (!hasScratch(options)) throw scratchMissing(option);
}

/** The option that needs a scratch server. */
function analysisOf({
  sql = false,
  forecast = false,
  checkData = false,
}: AnalysisOptions): string | undefined {
  if (forecast) return '--forecast';
  if (checkData) return '--check-data';
  return sql ? '--sql' : undefined;
}

/**
 * Runs the migrations that a plan has found pending on a scratch server, and shows their SQL, their forecast and
 * the rows at which they would fail, after the plan's summary. `undefined` if none of it is wanted.
 */
export function planAnalysis(
  app: App<SafetyWiring & PlanForecastWiring & PlanChecksWiring>,
  options: Options,
): TenantRun['after'] {
  const { sql = false, forecast = false, checkData = false, json = false } = options;
  if (!sql && !forecast && !checkData) return undefined;
  return async (result, bundle, screen) => {
    const pending = pendingIn(result.summary);
    const last = bundle.migrations.findLast(({ id }) => pending.has(id));
    if (last === undefined) return EXIT.ok;
    const needed = bundleUpTo(bundle, last.id) ?? bundle;
    const recording = await app.wiring.recordBundle(options, needed, (message) =>
      screen.note([message]),
    );
    if (sql) showSql(recording, pending, { json, screen, ...guardRequest(options) });
    let code: number = recording.failure === undefined ? EXIT.ok : EXIT.failed;
    if (forecast) {
      const { planForecast } = await import('./plan-forecast.ts');
      code = Math.max(code, await planForecast(app, options, result, recording, screen));
    }
    if (checkData && code !== EXIT.interrupted) {
      const { planChecks } = await import('./plan-checks.ts');
      code = Math.max(code, await planChecks(app, options, result, recording, screen));
    }
    return code;
  };
}

function pendingIn({ plan }: RunResult['summary']): ReadonlySet<string> {
  return new Set(plan?.groups.flatMap(({ migrations }) => migrations) ?? []);
}
