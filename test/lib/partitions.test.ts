import { App, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { TenantMigrationsStack } from '../../lib/tenant-migrations-stack.ts';
import { partitionSlips } from './support/partition-slips.ts';
import { fixture } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const ACCOUNT = '123456789012';
const REGIONS = ['cn-north-1', 'us-gov-west-1', 'eu-west-1'] as const;

/** A configuration with all options, as somebody in that region has it. */
function everythingIn(region: string): Record<string, unknown> {
  const { partition = '', domainSuffix = '' } = RegionInfo.get(region);
  const text = JSON.stringify(fixture('everything'))
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll('rds.amazonaws.com', `rds.${domainSuffix}`)
    .replaceAll('eu-west-1', region);
  return JSON.parse(text);
}

/** Stacks as people write them, by what is special about each. */
const STACKS: Readonly<Record<string, (app: App, region: string) => Stack>> = {
  'the app with all options': (app, region) =>
    new TenantMigrationsStack(app, 'Stack', {
      config: parseConfig(everythingIn(region)),
      env: { account: ACCOUNT, region },
    }),
  'the app without an account and a region': (app) =>
    new TenantMigrationsStack(app, 'Stack', { config: parseConfig({}) }),
  'a VPC that is looked up': (app, region) => {
    const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region } });
    const key = `vpc-provider:account=${ACCOUNT}:filter.vpc-id=vpc-0a1b2c3d:region=${region}:returnAsymmetricSubnets=true`;
    stack.node.setContext(key, lookedUp(region));
    const vpc = Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0a1b2c3d' });
    return migrationsIn(stack, { vpc, subnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
  },
  'a VPC that another template exports': (app, region) => {
    const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region } });
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: Fn.importValue('vpc-id'),
      vpcCidrBlock: '10.0.0.0/16',
      availabilityZones: [`${region}a`, `${region}b`],
      isolatedSubnetIds: [Fn.importValue('subnet-a'), Fn.importValue('subnet-b')],
    });
    return migrationsIn(stack, { vpc, subnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
  },
  'VPC and secret of another stack': (app, region) => {
    const env = { account: ACCOUNT, region };
    const theirs = new Stack(app, 'Theirs', { env });
    const vpc = new Vpc(theirs, 'Vpc', { maxAzs: 2 }) as IVpc;
    const centralSecret = new Secret(theirs, 'Secret') as ISecret;
    return migrationsIn(new Stack(app, 'Stack', { env }), { vpc, centralSecret });
  },
};

function migrationsIn(
  stack: Stack,
  props: Partial<ConstructorParameters<typeof TenantMigrations>[2]>,
): Stack {
  new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    iamLogins: { tenants: [{ resourceId: 'db-ABCDEFGHIJKL', users: ['acme'] }] },
    ...props,
  } as ConstructorParameters<typeof TenantMigrations>[2]);
  return stack;
}

/** The answer that the CDK keeps in cdk.context.json. */
function lookedUp(region: string) {
  const subnets = ['a', 'b'].map((zone) => ({
    subnetId: `subnet-0${zone}`,
    cidr: zone === 'a' ? '10.0.0.0/24' : '10.0.1.0/24',
    availabilityZone: `${region}${zone}`,
    routeTableId: `rtb-0${zone}`,
  }));
  return {
    vpcId: 'vpc-0a1b2c3d',
    vpcCidrBlock: '10.0.0.0/16',
    ownerAccountId: ACCOUNT,
    availabilityZones: [],
    subnetGroups: [{ name: 'data', type: 'Isolated', subnets }],
  };
}

describe.each(REGIONS)('templates for %s', { timeout: 180_000 }, (region) => {
  it.each(Object.keys(STACKS))(`a template for ${region} names no other partition: %s`, (name) => {
    const isTold = !name.includes('without an account');
    const stack = STACKS[name]?.(new App(), region) as Stack;
    const { wrong, principals } = partitionSlips(
      Template.fromStack(stack).toJSON(),
      region,
      isTold,
    );
    expect(wrong).toEqual([]);
    // Lambda and Step Functions have the same name everywhere.
    expect(
      [...principals].filter((one) => one.startsWith('states.') || one.startsWith('lambda.')),
    ).toEqual(expect.arrayContaining(['lambda.amazonaws.com', 'states.amazonaws.com']));
  });
});
