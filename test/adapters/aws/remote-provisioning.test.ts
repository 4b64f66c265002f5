import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRemoteProvisioning } from '../../../src/adapters/aws/remote-provisioning.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Fanfold-provision-tenant';
const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:Fanfold-provision-tenant:one';
const STACK = {
  ...{ name: 'Fanfold', region: 'eu-west-1', stateMachineArn: 'arn:machine' },
  ...{ runBucket: 'runs', settleFunction: 'settle', provisionMachineArn: MACHINE },
};
const mock = mockClient(SFNClient);
const client = new SFNClient({ region: 'eu-west-1' });

beforeEach(() => mock.reset());

describe('provisioning by a stack', () => {
  it('a stack starts an execution with the request, and reads its state', async () => {
    const remote = createRemoteProvisioning(STACK, client, true);
    const input = { stateMachineArn: MACHINE, name: 'one', input: '{"slug":"acme"}' };
    mock.on(StartExecutionCommand, input).resolves({ executionArn: EXECUTION });
    mock.on(DescribeExecutionCommand, { executionArn: EXECUTION }).resolves({ status: 'FAILED' });
    const request = { slug: 'acme', host: undefined };
    expect(await remote.start('one', request)).toBe(EXECUTION);
    expect(await remote.read(EXECUTION)).toMatchObject({ status: 'FAILED' });
    expect(remote.consoleUrl(EXECUTION)).toContain(EXECUTION);
    expect(createRemoteProvisioning(STACK, client, false).consoleUrl(EXECUTION)).toBeUndefined();
  });

  it('provisioning is refused if the stack has no state machine for it', () => {
    const bare = { ...STACK, provisionMachineArn: undefined };
    expect(thrownBy(() => createRemoteProvisioning(bare, client, true))).toMatchObject({
      code: 'ProvisioningNotDeployed',
      nextStep: expect.stringContaining('adminSecrets'),
    });
  });

  it("a stack reports AWS's refusal", async () => {
    mock
      .on(StartExecutionCommand)
      .rejects(Object.assign(new Error('No.'), { name: 'AccessDeniedException' }));
    const remote = createRemoteProvisioning(STACK, client, true);
    expect(await rejectionOf(remote.start('one', { slug: 'acme' }))).toMatchObject({
      code: 'AwsAccessDenied',
      nextStep: expect.stringContaining('grantProvision'),
    });
  });
});
