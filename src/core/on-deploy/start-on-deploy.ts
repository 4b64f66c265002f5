import type { OnDeployEvent } from '../wire/on-deploy-event.ts';
import type { Deployments } from './deployments.ts';

/** What the resource answers. */
export interface OnDeployAnswer {
  /** Stays the same: a new one would make CloudFormation delete the old one. */
  readonly PhysicalResourceId: string;
  readonly Data: {
    /** Absent where nothing was started. */
    readonly executionArn?: string | undefined;
    /** One sentence. */
    readonly message: string;
  };
}

const RESOURCE_ID = 'tenant-migrations-run';

/** Of the hash as much as tells two bundles apart: a name has 80 characters, and the request's id 36. */
const HASH_LENGTH = 16;
/** Longest name of an execution. */
const NAME_LENGTH = 80;

/**
 * Starts a run where a deployment has other migrations than the one before. It starts none where the
 * stack is rolling back: the tenants that were migrated stay so, and going back to the earlier
 * functions is no reason to go over the fleet.
 */
export async function startOnDeploy(
  event: OnDeployEvent,
  deployments: Deployments,
): Promise<OnDeployAnswer> {
  const reason = await reasonNotToStart(event, deployments);
  if (event.RequestType === 'Delete' || reason !== undefined) {
    const PhysicalResourceId =
      event.RequestType === 'Create' ? RESOURCE_ID : event.PhysicalResourceId;
    return { PhysicalResourceId, Data: { message: reason ?? '' } };
  }
  const { stateMachineArn, bundleHash, request } = event.ResourceProperties;
  // CloudFormation's request makes it unique, and the same where the framework asks twice.
  const hash = bundleHash.slice(0, HASH_LENGTH);
  const name = `deploy-${hash}-${event.RequestId}`.slice(0, NAME_LENGTH);
  const executionArn = await deployments.start(stateMachineArn, name, request);
  return {
    PhysicalResourceId: event.RequestType === 'Create' ? RESOURCE_ID : event.PhysicalResourceId,
    Data: { executionArn, message: `The run ${name} was started.` },
  };
}

async function reasonNotToStart(
  event: OnDeployEvent,
  deployments: Pick<Deployments, 'isRollingBack'>,
): Promise<string | undefined> {
  if (event.RequestType === 'Delete') return 'Nothing is run for a stack that goes.';
  const { bundleHash, runOnCreate } = event.ResourceProperties;
  if (event.RequestType === 'Create' && runOnCreate === 'false') {
    return 'The first deployment starts no run: runOnCreate is off.';
  }
  if (event.RequestType === 'Update' && event.OldResourceProperties.bundleHash === bundleHash) {
    return 'The migrations are the same as before.';
  }
  if (await deployments.isRollingBack(event.StackId)) return 'The stack is rolling back.';
  return undefined;
}
