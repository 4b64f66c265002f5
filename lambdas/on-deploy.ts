import { startOnDeploy } from '../src/core/on-deploy/start-on-deploy.ts';
import { waitOnDeploy } from '../src/core/on-deploy/wait-on-deploy.ts';
import { onDeployEventSchema, onDeployProgressSchema } from '../src/core/wire/on-deploy-event.ts';
import { createLambda } from './create-lambda.ts';
import { createLog } from './log.ts';
import { wireOnDeploy } from './wiring/wire-on-deploy.ts';

const log = createLog('on-deploy');

/** Called by the provider framework for an event: starts a run, or returns the reason why not. */
export const onEvent = createLambda({
  log,
  wire: wireOnDeploy,
  schema: onDeployEventSchema,
  about: ({ RequestType, StackId }) => ({ requestType: RequestType, stack: StackId }),
  run: (event, { deployments }) => startOnDeploy(event, deployments),
  told: ({ Data }) => ({ told: Data.message, execution: Data.executionArn }),
});

/** Called by the provider framework until it returns that the deployment may finish. */
export const isComplete = createLambda({
  log,
  wire: wireOnDeploy,
  schema: onDeployProgressSchema,
  about: ({ RequestType }) => ({ requestType: RequestType }),
  run: (event, { deployments, now }) => waitOnDeploy(event, deployments, now()),
  told: ({ IsComplete }) => ({ isComplete: IsComplete }),
});
