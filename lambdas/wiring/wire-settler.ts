import { createLambdaClient, createStatesClient } from '../../src/adapters/aws/clients.ts';
import { createExecutions } from '../../src/adapters/aws/executions.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import type { RunRequest } from '../../src/core/request.ts';
import type { RenderReport } from '../../src/core/run/finished-run.ts';
import type { Executions, StepRunStore } from '../../src/core/step-ports.ts';
import { lambdaEnvironment } from '../environment.ts';
import type { Clock, Variables } from './function-parts.ts';
import { runStore } from './run-store.ts';

/** Dependencies of the functions that open and settle runs. */
export interface SettlerWiring extends Clock {
  readonly store: StepRunStore;
  readonly executions: Executions;
  readonly renderReport: RenderReport;
  readonly requestDefaults: Partial<RunRequest>;
}

/** Joins the adapters to the core for the functions that open and settle runs. */
export async function wireSettler(variables: Variables): Promise<SettlerWiring> {
  const environment = lambdaEnvironment(variables);
  return {
    now: Date.now,
    store: runStore(environment),
    renderReport: renderHtmlReport,
    executions: createExecutions(createStatesClient(), createLambdaClient()),
    requestDefaults: environment.requestDefaults(),
  };
}
