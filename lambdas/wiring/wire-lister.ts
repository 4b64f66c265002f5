import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import type { TenantDirectory } from '../../src/core/ports.ts';
import type { StepRunStore } from '../../src/core/states/step-ports.ts';
import { lambdaEnvironment } from '../environment.ts';
import { centralDatabase } from './central-database.ts';
import type { CurrentTime, Variables } from './function-parts.ts';
import { runStore } from './run-store.ts';

/** The lister's dependencies. */
export interface ListerWiring extends CurrentTime {
  readonly store: StepRunStore;
  /** Connects to the central database for the time of `work`, which has to be idempotent. */
  usingDirectory<Result>(work: (directory: TenantDirectory) => Promise<Result>): Promise<Result>;
}

/** Joins the adapters to the core for the function that lists tenants. */
export async function wireLister(
  variables: Variables,
  project: ShippedProject = {},
): Promise<ListerWiring> {
  const environment = lambdaEnvironment(variables);
  const usingCentral = await centralDatabase(environment, project);
  return {
    now: Date.now,
    store: runStore(environment),
    usingDirectory: (work) => usingCentral(({ directory }) => work(directory)),
  };
}
