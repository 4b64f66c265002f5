import { createStacksClient } from '../../src/adapters/aws/clients/create-stacks-client.ts';
import { createStatesClient } from '../../src/adapters/aws/clients/create-states-client.ts';
import { createDeployments } from '../../src/adapters/aws/deployments.ts';
import type { Deployments } from '../../src/core/on-deploy/deployments.ts';
import type { CurrentTime } from './function-parts.ts';

/** The dependencies of a deployment. */
export interface OnDeployWiring extends CurrentTime {
  readonly deployments: Deployments;
}

/** Joins the adapters to the core for the function that a deployment calls. */
export async function wireOnDeploy(): Promise<OnDeployWiring> {
  return {
    now: Date.now,
    deployments: createDeployments(createStacksClient(), createStatesClient()),
  };
}
