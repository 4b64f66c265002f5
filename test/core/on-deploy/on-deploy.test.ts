import { describe, expect, it } from 'vitest';
import type { DeployedRun } from '../../../src/core/on-deploy/deployments.ts';
import { startOnDeploy } from '../../../src/core/on-deploy/start-on-deploy.ts';
import { waitOnDeploy } from '../../../src/core/on-deploy/wait-on-deploy.ts';
import {
  type OnDeployEvent,
  onDeployEventSchema,
  onDeployProgressSchema,
} from '../../../src/core/wire/on-deploy-event.ts';

const PROPERTIES = {
  stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Migrations',
  bundleHash: 'a'.repeat(64),
  request: '{}',
  runOnCreate: 'true',
  mode: 'wait',
  timeoutMinutes: '30',
};

function eventOf(more: object): OnDeployEvent {
  return onDeployEventSchema.parse({
    ...{ RequestType: 'Create', RequestId: 'request-1', StackId: 'stack' },
    ResourceProperties: PROPERTIES,
    ...more,
  });
}

function updateFrom(bundleHash: string): OnDeployEvent {
  return eventOf({
    ...{ RequestType: 'Update', PhysicalResourceId: 'the same' },
    OldResourceProperties: { ...PROPERTIES, bundleHash },
  });
}

async function start(event: OnDeployEvent, isRollingBack = false, deployed?: string) {
  const started: string[] = [];
  const answer = await startOnDeploy(event, {
    isRollingBack: async () => isRollingBack,
    deployedOutput: async () => deployed,
    async start(_, name) {
      started.push(name);
      return `arn:${name}`;
    },
    read: () => Promise.reject(new Error('not read')),
  });
  return { answer, started };
}

describe('startOnDeploy', () => {
  it('startOnDeploy starts a run under a name that a repeated request finds again', async () => {
    const first = await start(eventOf({}));
    expect(first.started).toEqual([`deploy-${'a'.repeat(16)}-request-1`]);
    expect((await start(eventOf({}))).started).toEqual(first.started);
    expect(first.answer.Data.executionArn).toBe(`arn:${first.started[0]}`);
  });

  it('startOnDeploy starts a run for other migrations, and keeps the id of the resource', async () => {
    const { answer, started } = await start(updateFrom('b'.repeat(64)));
    expect(started).toHaveLength(1);
    expect(answer.PhysicalResourceId).toBe('the same');
  });

  it.each<[string, string | undefined, number]>([
    ['a run if the stack had other migrations before', 'b'.repeat(64), 1],
    ['no run if the stack had the same before', PROPERTIES.bundleHash, 0],
    ['no run if the stack is new', undefined, 0],
  ])('startOnDeploy without runOnCreate starts %s', async (_, deployed, runs) => {
    const properties = { ...PROPERTIES, runOnCreate: 'false', bundleHashOutput: 'BundleHash' };
    const { started } = await start(eventOf({ ResourceProperties: properties }), false, deployed);
    expect(started).toHaveLength(runs);
  });

  it.each([
    ['the same migrations', updateFrom(PROPERTIES.bundleHash), false],
    ['a stack that is rolling back', updateFrom('b'.repeat(64)), true],
    ['a stack that is deleted', eventOf({ RequestType: 'Delete', PhysicalResourceId: 'x' }), false],
    [
      'the first deployment without runOnCreate',
      eventOf({ ResourceProperties: { ...PROPERTIES, runOnCreate: 'false' } }),
      false,
    ],
  ])('startOnDeploy starts no run for %s', async (_, event, isRollingBack) => {
    const { answer, started } = await start(event, isRollingBack);
    expect(started).toEqual([]);
    expect(answer.Data.executionArn).toBeUndefined();
    expect(answer.Data.message).not.toBe('');
  });
});

function wait(run: Partial<DeployedRun>, event: object = {}, minutes = 1) {
  const progress = { ...eventOf({}), Data: { executionArn: 'arn:run-1' }, ...event };
  return waitOnDeploy(
    onDeployProgressSchema.parse(progress),
    { read: async () => ({ status: 'RUNNING', startedAt: 0, ...run }) },
    minutes * 60_000,
  );
}

describe('waitOnDeploy', () => {
  it('waitOnDeploy waits while the run is going on, and ends when it has succeeded', async () => {
    expect(await wait({})).toEqual({ IsComplete: false });
    expect(await wait({ status: 'SUCCEEDED' })).toEqual({ IsComplete: true });
  });

  it('waitOnDeploy ends at once if there is nothing to wait for', async () => {
    const started = { ResourceProperties: { ...PROPERTIES, mode: 'start' } };
    expect(await wait({}, started)).toEqual({ IsComplete: true });
    expect(await wait({}, { Data: {} })).toEqual({ IsComplete: true });
    expect(await wait({}, { RequestType: 'Delete' })).toEqual({ IsComplete: true });
  });

  it('waitOnDeploy fails the deployment with the cause of the run, shortened for CloudFormation', async () => {
    await expect(wait({ status: 'FAILED', cause: '3 tenants failed.' })).rejects.toMatchObject({
      code: 'DeployedRunFailed',
      message: 'The run arn:run-1 failed: 3 tenants failed.'.replace('arn:', ''),
    });
    await expect(wait({ status: 'ABORTED' })).rejects.toMatchObject({
      message: expect.stringContaining('ABORTED'),
    });
    const long = await wait({ status: 'FAILED', cause: 'x'.repeat(9000) }).catch((e: Error) => e);
    expect((long as Error).message.length).toBeLessThan(1600);
  });

  it('waitOnDeploy fails the deployment if the run takes too long', async () => {
    await expect(wait({}, {}, 30)).rejects.toMatchObject({ code: 'DeployedRunTooSlow' });
  });
});
