import type { OnDeployEvent } from '../wire/on-deploy-event.ts';
import type { Deployments } from './deployments.ts';

/** The answer of the resource. */
export interface OnDeployAnswer {
  /** Stays the same: a new one would make CloudFormation delete the old one. */
  readonly PhysicalResourceId: string;
  readonly Data: {
    /** Absent if nothing was started. */
    readonly executionArn?: string | undefined;
    /** One sentence. */
    readonly message: string;
  };
}

const RESOURCE_ID = 'tenant-migrations-run';

/** Enough of the hash to distinguish two bundles: a name has 80 characters, and the request's id 36. */
const HASH_LENGTH = 16;
/** Longest name of an execution. */
const NAME_LENGTH = 80;

/**
 * Starts a run if a deployment has other migrations than the one before. It starts none while the stack is
 * rolling back: migrated tenants stay migrated, and a return to the earlier functions needs no run.
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
  // The id of CloudFormation's request makes it unique, and the same if the framework repeats the request.
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
  deployments: Pick<Deployments, 'isRollingBack' | 'deployedOutput'>,
): Promise<string | undefined> {
  if (event.RequestType === 'Delete') return 'Nothing is run for a stack that goes.';
  const { bundleHash, bundleHashOutput, runOnCreate } = event.ResourceProperties;
  if (event.RequestType === 'Create' && runOnCreate === 'false') {
    // The resource is new, but the stack may not be, so its migrations may have changed too.
    const before =
      bundleHashOutput && (await deployments.deployedOutput(event.StackId, bundleHashOutput));
    if (!before) return 'The first deployment starts no run: runOnCreate is off.';
    if (before === bundleHash) return 'The migrations are the same as before.';
  }
  if (event.RequestType === 'Update' && event.OldResourceProperties.bundleHash === bundleHash) {
    return 'The migrations are the same as before.';
  }
  if (await deployments.isRollingBack(event.StackId)) return 'The stack is rolling back.';
  return undefined;
}
