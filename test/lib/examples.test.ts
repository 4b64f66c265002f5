import { join } from 'node:path';
import { App, type Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it, vi } from 'vitest';
import { partitionSlips } from './support/partition-slips.ts';
import { resourcesOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

/** Its own compiler options are those of its project, so ours do not compile it. */
const file = join(import.meta.dirname, '../../examples/cdk-app/lib/fleet-stack.ts');
const { FleetStack } = (await import(/* @vite-ignore */ file)) as {
  readonly FleetStack: new (scope: App, id: string, props: StackProps) => Stack;
};

/** Regions of each part of AWS, and a stack that learns its region when it is deployed. */
const REGIONS = ['cn-north-1', 'us-gov-west-1', 'eu-west-1', undefined] as const;

describe('examples/cdk-app', { timeout: 180_000 }, () => {
  it.each(REGIONS)(
    'examples/cdk-app, which has a VPC and a server of its own, names no other part of AWS in %s',
    (region) => {
      const env = region === undefined ? {} : { env: { account: '123456789012', region } };
      const stack = new FleetStack(new App(), 'Fleet', env);
      const template = Template.fromStack(stack);
      // Without a region, nothing may be written out: an ARN of any part is a slip.
      const { wrong } = partitionSlips(
        template.toJSON(),
        region ?? 'eu-west-1',
        region !== undefined,
      );
      expect(wrong).toEqual([]);
      expect(resourcesOf(template, 'AWS::RDS::DBInstance')).toHaveLength(1);
      expect(resourcesOf(template, 'AWS::StepFunctions::StateMachine')).toHaveLength(1);
    },
  );
});
