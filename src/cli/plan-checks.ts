import type { RunResult } from '../core/in-process/run-fan-out.ts';
import { atATime } from '../core/pace/at-a-time.ts';
import { FIRST_PACE } from '../core/pace/auto-pace.ts';
import { everyOutcome } from '../core/reduce/every-outcome.ts';
import { checkFleet } from '../core/safety/checks/check-fleet.ts';
import type { AnsweredCheck } from '../core/safety/checks/check-tenant.ts';
import type { DataCheck } from '../core/safety/checks/data-check.ts';
import type { FleetFindings } from '../core/safety/checks/fleet-findings.ts';
import type { Recording } from '../core/safety/recording.ts';
import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { usingInterruption } from './interruption.ts';
import type { RunStoreOptions, SetupOptions } from './options/setup-options.ts';
import { checkLines } from './output/check-lines.ts';
import { jsonLine } from './output/json-line.ts';
import { printable } from './output/printable.ts';
import type { Screen } from './output/screen.ts';
import type { CentralWiring } from './wiring/wire-central.ts';
import type { ChecksWiring } from './wiring/wire-checks.ts';
import type { ProcessWiring } from './wiring/wire-process.ts';
import type { RunsWiring } from './wiring/wire-runs.ts';

/** The groups of the wiring that data checks take. */
export type PlanChecksWiring = CentralWiring & ChecksWiring & ProcessWiring & RunsWiring;

/** Seconds that a question may take in one tenant. */
const CHECK_SECONDS = 30;

interface Options extends SetupOptions, RunStoreOptions {
  readonly json?: boolean;
  readonly checkTimeout?: number;
}

/** Asks the tenants of a plan for rows at which its migrations would fail, and shows what was found. */
export async function planChecks(
  app: App<PlanChecksWiring>,
  options: Options,
  { runId, state }: RunResult,
  recording: Recording,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { json = false, checkTimeout: seconds = CHECK_SECONDS } = options;
  const store = await wiring.runStore(options);
  const checkTenant = await wiring.checkTenant(options);
  const { request } = await store.readRun(runId);
  const { maxPerHost } = request;
  return usingInterruption({ host, screen, wiring, whenLeft: 'Nothing was changed.' }, (signal) =>
    wiring.usingCentral(options, async ({ directory }) => {
      const findings = await checkFleet(
        everyOutcome(store, runId, state.waves, 'unknown'),
        { recording, seconds, atATime: atATime(request, FIRST_PACE), maxPerHost },
        {
          directory,
          checkTenant,
          onTenant: (tenant, answers) => {
            if (!json) return;
            const found = answers.map(answerEvent);
            screen.print([jsonLine({ type: 'tenant-data-checked', runId, tenant, found })]);
          },
          onUnread: (tenant, failure) => {
            if (json) screen.print([jsonLine({ type: 'tenant-unread', runId, tenant, failure })]);
            else
              screen.warn(
                printable(`${tenant.name}: its rows were not checked: ${failure.message}`),
              );
          },
        },
        signal,
      );
      if (json) screen.print([jsonLine({ type: 'data-checked', runId, ...fleetEvent(findings) })]);
      else screen.print(checkLines(findings, seconds, screen.out));
      if (signal.aborted) return EXIT.interrupted;
      return isGood(findings) ? EXIT.ok : EXIT.failed;
    }),
  );
}

/** Whether every tenant was asked to the end, and none has such rows. */
function isGood({ findings, unread, unchecked }: FleetFindings): boolean {
  return findings.length === 0 && unread === 0 && unchecked.length === 0;
}

function answerEvent({ check, answer }: AnsweredCheck) {
  return { ...checkEvent(check), ...answer };
}

function checkEvent({ kind, migration, statement, table, columns, finds, blocked }: DataCheck) {
  const place = { kind, migration, statement, table, columns, finds };
  return blocked === undefined ? place : { ...place, blocked };
}

function fleetEvent({ findings, blocked, ...rest }: FleetFindings) {
  return {
    ...rest,
    findings: findings.map(({ check, ...finding }) => ({ ...checkEvent(check), ...finding })),
    blocked: blocked.map(({ check, tenants }) => ({ ...checkEvent(check), tenants })),
  };
}
