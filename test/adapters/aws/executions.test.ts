import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExecutions } from '../../../src/adapters/aws/executions.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const states = mockClient(SFNClient);
const lambda = mockClient(LambdaClient);
const region = { region: 'eu-west-1' };
const executions = createExecutions(new SFNClient(region), new LambdaClient(region));
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:acme';
const arnOf = (name: string) => `arn:aws:states:eu-west-1:123456789012:execution:acme:${name}`;

beforeEach(() => {
  states.reset();
  lambda.reset();
});

describe('executions on AWS', () => {
  it('the adapter of executions lists the other running executions of the same state machine', async () => {
    const startDate = new Date('2026-11-23T05:57:12.000Z');
    const row = (name: string) => ({
      executionArn: arnOf(name),
      name,
      startDate,
      stateMachineArn: MACHINE,
      status: 'RUNNING' as const,
    });
    states
      .on(ListExecutionsCommand, { stateMachineArn: MACHINE, statusFilter: 'RUNNING' })
      .resolves({ executions: [row('other'), row('own')] });
    expect(await executions.otherRunning(arnOf('own'))).toEqual([
      { arn: arnOf('other'), name: 'other', startedAt: '2026-11-23T05:57:12.000Z' },
    ]);
  });

  it('the adapter of executions reads a redrive count without the data, which would need a KMS key', async () => {
    states
      .on(DescribeExecutionCommand, { executionArn: arnOf('own'), includedData: 'METADATA_ONLY' })
      .resolves({ redriveCount: 2 });
    expect(await executions.redriveCount(arnOf('own'))).toBe(2);
    states.on(DescribeExecutionCommand).resolves({});
    expect(await executions.redriveCount(arnOf('own'))).toBe(0);
  });

  it('the adapter of executions reads the quota of concurrent functions', async () => {
    lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { ConcurrentExecutions: 10 } });
    expect(await executions.concurrencyQuota()).toBe(10);
    lambda.on(GetAccountSettingsCommand).resolves({});
    expect(await executions.concurrencyQuota()).toBe(Number.POSITIVE_INFINITY);
    lambda.on(GetAccountSettingsCommand).rejects(new Error('Rate exceeded'));
    expect(await executions.concurrencyQuota()).toBe(Number.POSITIVE_INFINITY);
  });

  it("the adapter of executions explains AWS's refusal", async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    states.on(ListExecutionsCommand).rejects(denied);
    expect(await rejectionOf(executions.otherRunning(arnOf('own')))).toMatchObject({
      code: 'AwsAccessDenied',
      message: expect.stringContaining('list running executions'),
    });
  });
});
