import type { StepRunStore } from '../../src/core/states/step-ports.ts';
import { lambdaEnvironment } from '../environment.ts';
import type { CurrentTime, Variables } from './function-parts.ts';
import { runStore } from './run-store.ts';

/** The reducer's dependencies. */
export interface ReducerWiring extends CurrentTime {
  readonly store: StepRunStore;
}

/** Joins the adapters to the core for the function that reduces outcomes. */
export async function wireReducer(variables: Variables): Promise<ReducerWiring> {
  return { now: Date.now, store: runStore(lambdaEnvironment(variables)) };
}
