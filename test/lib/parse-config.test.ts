import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { fixture } from './support/synthesized.ts';

/** The lines of the error about a configuration. */
function problems(context: unknown): string[] {
  const { message } = thrownBy(() => parseConfig(context)) as Error;
  return message.split('\n').slice(1);
}

describe('the configuration', () => {
  it('the configuration may be missing', () => {
    expect(parseConfig(undefined)).toMatchObject({
      stackName: 'Fanfold',
      databasePorts: [3306],
      removalPolicy: 'retain',
    });
  });

  it('the configuration may be text, as from -c', () => {
    expect(parseConfig('{"stackName":"Cell-1"}')).toMatchObject({ stackName: 'Cell-1' });
    expect(thrownBy(() => parseConfig('{stackName:1}'))).toMatchObject({
      message: expect.stringContaining(`-c fanfold='{"stackName":"Fanfold"}'`),
    });
  });

  it('the configuration accepts every option', () => {
    expect(parseConfig(fixture('everything'))).toMatchObject(fixture('everything'));
  });

  it.each([
    [[], '- "fanfold" is []; it must be an object.'],
    [
      { stackName: 'a b' },
      '- "stackName" is "a b"; it must be 1 to 40 letters, digits and hyphens, a letter first.',
    ],
    [
      { migrationsFolder: 'nowhere' },
      expect.stringMatching(/^- "migrationsFolder" is "nowhere"; there is no folder \S+nowhere\.$/),
    ],
    [
      { centralSecretArn: 'central' },
      '- "centralSecretArn" is "central"; it must be an ARN of secretsmanager.',
    ],
    [{ vpc: {} }, '- "vpc.id" is missing; it must be an id such as "vpc-0a1b2c3d".'],
    [
      { vpc: { id: 'vpc-1', subnets: [{ id: 'x', availabilityZone: 'a' }], cidr: '10.0.0.0/16' } },
      '- "vpc.subnets.0.id" is "x"; it must be an id such as "subnet-0a1b2c3d".',
    ],
    [
      { vpc: { id: 'vpc-1', subnets: [{ id: 'subnet-1', availabilityZone: 'a' }] } },
      '- "vpc.subnets" is given without "vpc.cidr".',
    ],
    [
      {
        vpc: {
          id: 'vpc-1',
          cidr: '10.0.0.0/16',
          endpoints: true,
          subnets: [{ id: 'subnet-1', availabilityZone: 'a' }],
        },
      },
      '- "vpc.endpoints" is true; each of "vpc.subnets" must have its "routeTableId".',
    ],
    [
      { schedule: { expression: 'daily' } },
      '- "schedule.expression" is "daily"; it must be "cron(…)", "rate(…)" or "at(…)".',
    ],
    [
      { schedule: { expression: 'rate(1 day)', timeZone: 'Mars' } },
      '- "schedule.timeZone" is "Mars"; it must be a time zone such as "Europe/Berlin".',
    ],
    [
      { onDeploy: { mode: 'wait', timeoutMinutes: 56 } },
      '- "onDeploy.timeoutMinutes" is 56; it must be a whole number from 1 to 55.',
    ],
    [
      { onDeploy: { mode: 'maybe' } },
      '- "onDeploy.mode" is "maybe"; it must be "start" or "wait".',
    ],
    [
      { databasePorts: [0] },
      '- "databasePorts.0" is 0; it must be a whole number from 1 to 65,535.',
    ],
    [
      { onDeploy: { mode: 'start', runOnCreat: true } },
      '- "onDeploy.runOnCreat" is not known; known here: mode, runOnCreate, timeoutMinutes, request.',
    ],
    [
      { centralSecretKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' },
      '- "centralSecretKeyArn" is given without "centralSecretArn".',
    ],
  ])('%j is refused by its key', (context, problem) => {
    expect(problems(context)).toEqual([problem]);
  });

  it('the configuration names every problem at once', () => {
    expect(problems({ stackNam: 'x', removalPolicy: 'keep' })).toHaveLength(2);
  });
});
