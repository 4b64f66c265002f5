import { createAlarms } from '../../src/adapters/aws/alarms.ts';
import { createAlarmsClient } from '../../src/adapters/aws/clients/create-alarms-client.ts';
import { createLambdaClient } from '../../src/adapters/aws/clients/create-lambda-client.ts';
import { createStatesClient } from '../../src/adapters/aws/clients/create-states-client.ts';
import { createExecutions } from '../../src/adapters/aws/executions.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import type { RunRequest } from '../../src/core/request.ts';
import type { RenderReport } from '../../src/core/run/finished-run.ts';
import type {
  Alarms,
  Executions,
  SendNotification,
  StepRunStore,
} from '../../src/core/states/step-ports.ts';
import { lambdaEnvironment } from '../environment.ts';
import { createLog } from '../log.ts';
import type { CurrentTime, Variables } from './function-parts.ts';
import { runStore } from './run-store.ts';
import { receiversOf, sendNotification } from './send-notification.ts';

/** Dependencies of the functions that open and settle runs. */
export interface SettlerWiring extends CurrentTime {
  readonly store: StepRunStore;
  readonly executions: Executions;
  readonly alarms: Alarms;
  readonly renderReport: RenderReport;
  readonly requestDefaults: Partial<RunRequest>;
  readonly notify: SendNotification;
}

/** Joins the adapters to the core for the functions that open and settle runs. */
export async function wireSettler(variables: Variables): Promise<SettlerWiring> {
  const environment = lambdaEnvironment(variables);
  return {
    now: Date.now,
    store: runStore(environment),
    renderReport: (summary, run) =>
      renderHtmlReport(summary, { ...run, stack: environment.optional('stack') }),
    executions: createExecutions(createStatesClient(), createLambdaClient()),
    alarms: createAlarms(createAlarmsClient()),
    requestDefaults: environment.requestDefaults(),
    notify: sendNotification(receiversOf(environment), {
      log: createLog('settle-run'),
      stack: environment.optional('stack'),
    }),
  };
}
