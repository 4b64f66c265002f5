import type { Command } from 'commander';
import type { Bundle } from '../../core/bundle/bundle.ts';
import { requestedBundle } from '../../core/bundle/requested-bundle.ts';
import type { RunEvent } from '../../core/events.ts';
import { type RunResult, runFanOut } from '../../core/in-process/run-fan-out.ts';
import type { AttemptTenant } from '../../core/migrate/attempt.ts';
import type { NotificationChannel } from '../../core/notify/create-teller.ts';
import { atATime } from '../../core/pace/at-a-time.ts';
import { FIRST_PACE } from '../../core/pace/auto-pace.ts';
import { isWholeFleet } from '../../core/pool/is-whole-fleet.ts';
import { migratePool } from '../../core/pool/migrate-pool.ts';
import { everyOutcome } from '../../core/reduce/every-outcome.ts';
import type { RunRequest } from '../../core/request.ts';
import type { RunStore } from '../../core/run-store.ts';
import { thrownText } from '../../core/text/thrown-text.ts';
import { parseRunRequest } from '../../core/wire/parse-run-request.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { EXIT, exitCodeOfError } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { usingMigrationCode } from '../migration-code.ts';
import type { NotifyOptions } from '../options/notify-options.ts';
import { repeatedFlags } from '../options/repeated-flags.ts';
import type {
  JunitOptions,
  OutputOptions,
  RunStoreOptions,
  SetupOptions,
} from '../options/setup-options.ts';
import { errorLines } from '../output/error-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { createJsonReporter } from '../output/json-reporter.ts';
import { plainPalette } from '../output/palette.ts';
import { renderCommands } from '../output/render-commands.ts';
import { createRunningBoard } from '../output/running-board.ts';
import type { Screen } from '../output/screen.ts';
import { usingScreen } from '../output/screen.ts';
import { createTextReporter, type RunWording } from '../output/text-reporter.ts';
import type { Host } from '../process/host.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { ForecastWiring } from '../wiring/wire-forecast.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { NotificationsWiring } from '../wiring/wire-notifications.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import type { WorkersWiring } from '../wiring/wire-workers.ts';
import { type JunitFile, usingJunitFile } from './junit-file.ts';
import { type GateOptions, openGate } from './open-gate.ts';
import { reportToGitHub } from './report-to-github.ts';
import { type AttemptsOptions, usingAttempts } from './using-attempts.ts';
import { usingWatch } from './watch-running.ts';

/** The groups of the wiring that a run in this process takes. */
export type RunTenantsWiring = CentralWiring &
  Pick<ForecastWiring, 'forecastStore'> &
  MigrationFilesWiring &
  NotificationsWiring &
  ProcessWiring &
  RunsWiring &
  Pick<ShapesWiring, 'shapeReading' | 'readFile'> &
  TenantsWiring &
  Pick<WorkersWiring, 'attemptWorkers' | 'threadsOfMachine'>;

/** Options that every run takes. */
export interface TenantRunOptions
  extends SetupOptions,
    RunStoreOptions,
    OutputOptions,
    JunitOptions,
    NotifyOptions,
    GateOptions,
    AttemptsOptions {}

/** A DDL statement outlives its client; its tenant stays locked until it ends. */
const LEFT_AT_ONCE =
  'A statement may still run in its database server. Continue with: `fanfold migrate:retry last`';

/** The run of one command, and its texts. */
export interface TenantRun {
  readonly request: Partial<RunRequest>;
  /** The first line. */
  readonly start: string;
  readonly wording: Omit<RunWording, 'retryCommand'>;
  /** Called after the summary of a run that was not interrupted, with the bundle that it had. */
  readonly after?:
    | ((result: RunResult, bundle: Bundle, screen: Screen) => Promise<number>)
    | undefined;
}

/**
 * Runs tenants in this process and reports the run, for all commands. Errors in the request, the configuration
 * or the migrations are thrown before any tenant is touched.
 */
export function runTenants(
  app: App<RunTenantsWiring>,
  command: Command,
  options: TenantRunOptions,
  { request, start, wording, after }: TenantRun,
): Promise<number> {
  const { host, wiring } = app;
  const { json = false, verbose = false } = options;
  return usingScreen(host, async (screen) => {
    const strayErrors = await wiring.strayErrors();
    // Starts before the migration files are loaded, because loading runs their code.
    return usingMigrationCode({ host, screen, strayErrors, json }, () =>
      usingJunitFile(options.junit, (junit) => runOn(screen, junit)),
    );
  });

  async function runOn(screen: Screen, junit: JunitFile | undefined): Promise<number> {
    const parsed = parseRunRequest(request);
    const channels = (await wiring.channels(options)).map((one) => worded(one, host));
    const bundle = await wiring.loadBundle(options);
    // A wrong --to is refused before anything is printed.
    requestedBundle(bundle, parsed);
    const gate = await openGate(wiring, options, parsed, bundle);
    const readLoad = parsed.maxConcurrency === 'auto' ? await wiring.readLoad(options) : undefined;
    const store = await wiring.runStore(options);
    const rest = await wiring.fanOut();
    const readDigests = parsed.watch?.digest ? await wiring.readDigests(options) : undefined;
    const board = createRunningBoard(wiring.now);
    const reportRun = json
      ? createJsonReporter(screen)
      : createTextReporter({
          screen,
          verbose,
          now: wiring.now,
          board,
          wording: { ...wording, retryCommand: (id) => retryCommand(id, command) },
        });
    const report = reportToGitHub<RunEvent>(reportRun, host, screen);
    const watchTenant = screen.draws && !json ? await wiring.watchTenant(options) : undefined;
    if (!json) screen.print([start]);
    const startedAt = wiring.now();
    const perform = (attempt: AttemptTenant) => {
      const attemptTenant = gate.guard(attempt);
      return usingInterruption({ host, screen, wiring, whenLeft: LEFT_AT_ONCE }, (signal) =>
        wiring.usingCentral(options, async ({ directory, pool }) => {
          await gate.check({ directory, store });
          const run = () =>
            runFanOut(
              { id: wiring.newRunId(), request: parsed, bundle },
              {
                ...{ directory, store, controls: store, attemptTenant, readLoad, report, channels },
                ...{ readDigests, ...rest },
              },
              signal,
            );
          // A second connection per tenant is only worth it if somebody watches.
          const done =
            watchTenant === undefined
              ? await run()
              : await usingWatch({ board, directory, watchTenant }, run);
          if (isWholeFleet(parsed) && done.state.status === 'succeeded') {
            const parts = { attemptTenant, bundle, signal };
            const { failures } = await migratePool(pool, parts);
            for (const { name, failure } of failures) {
              screen.warn(`The pooled database ${name} was not migrated: ${failure.message}`);
            }
          }
          return done;
        }),
      );
    };
    const result = await usingAttempts(wiring, options, { bundle, screen }, perform);
    await junit?.write(runAsJunit(result, store, wiring.now() - startedAt));
    if (parsed.command === 'migrate') {
      const pace = atATime(parsed, result.summary.pace?.atATime ?? FIRST_PACE);
      await compare(result, store, pace, screen);
    }
    const code = conclude(result, screen, verbose || Boolean(host.env.FANFOLD_DEBUG));
    if (after === undefined || code === EXIT.interrupted) return code;
    return Math.max(code, await after(result, bundle, screen));
  }

  /** A run is done whether or not it can be compared, so that a failure is a note. */
  async function compare(
    result: RunResult,
    store: RunStore,
    atATime: number,
    screen: Screen,
  ): Promise<void> {
    try {
      const { compareWithForecast, comparisonWords } = await import('./compare-with-forecast.ts');
      const forecasts = await wiring.forecastStore(options);
      const calibration = await compareWithForecast(store, forecasts, result, atATime);
      if (calibration === undefined) return;
      const { samples, aroundMs, ...compared } = calibration;
      if (json) screen.print([jsonLine({ type: 'forecast-compared', ...compared })]);
      const words = comparisonWords(calibration);
      if (!json && words !== undefined) screen.note([words]);
    } catch (error) {
      screen.warn(`The run could not be compared with its forecast: ${thrownText(error)}`);
    }
  }
}

/** Shows commands as a reader of the notification would type them on this machine. */
function worded(channel: NotificationChannel, { invocation }: Host): NotificationChannel {
  const render = (text: string) => renderCommands(text, invocation, plainPalette);
  return {
    name: channel.name,
    send: ({ text, nextStep, ...rest }) =>
      channel.send({
        ...rest,
        text: render(text),
        ...(nextStep !== undefined && { nextStep: render(nextStep) }),
      }),
  };
}

/** Reads the outcomes from the run store, because those of a whole fleet do not fit into memory. */
async function* runAsJunit(
  { summary, state, runId }: RunResult,
  store: RunStore,
  durationMs: number,
): AsyncGenerator<string, void, undefined> {
  const { junitReport } = await import('../output/junit-report.ts');
  const { request, startedAt } = await store.readRun(runId);
  const unheard = state.stopped === undefined ? 'unknown' : 'skipped';
  yield* junitReport(
    { runId, command: request.command, startedAt, durationMs, summary },
    everyOutcome(store, runId, state.waves, unheard),
  );
}

function conclude({ state, error }: RunResult, screen: Screen, withStack: boolean): number {
  if (error !== undefined) screen.note(['', ...errorLines(error, screen.err, withStack)]);
  if (state.status === 'interrupted') return EXIT.interrupted;
  if (error !== undefined) return exitCodeOfError(error);
  return state.status === 'succeeded' ? EXIT.ok : EXIT.failed;
}

function retryCommand(runId: string, command: Command): string {
  return commandSpan('migrate:retry', runId, ...repeatedFlags(command));
}
