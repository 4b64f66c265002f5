import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Peer, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it, vi } from 'vitest';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { fixture, flat, resourcesOf, templateOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

/** `<port> to <peer>` for each rule outwards of the group whose id has this in it. */
function outwards(template: Template, part: string): string[] {
  const groups = resourcesOf(template, 'AWS::EC2::SecurityGroup');
  const group = groups.find(({ id }) => id.includes(part));
  const rules = (group?.Properties.SecurityGroupEgress ?? []) as Record<string, unknown>[];
  return rules.map(({ FromPort, CidrIp, DestinationPrefixListId, DestinationSecurityGroupId }) => {
    const peer = flat(CidrIp ?? DestinationPrefixListId ?? DestinationSecurityGroupId);
    return `${FromPort} to ${peer.replace(/Migrations|[0-9A-F]{8}/g, '')}`;
  });
}

function endpoints(template: Template): string[] {
  return resourcesOf(template, 'AWS::EC2::VPCEndpoint')
    .map(({ Properties }) => `${Properties.VpcEndpointType} ${flat(Properties.ServiceName)}`)
    .sort();
}

describe('a VPC that is made', () => {
  const template = templateOf();

  it('has isolated subnets and no way out', () => {
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
  });

  it('has the two endpoints that are needed, and no more', () => {
    expect(endpoints(template)).toEqual([
      'Gateway com.amazonaws.<AWS::Region>.s3',
      'Interface com.amazonaws.<AWS::Region>.secretsmanager',
    ]);
  });

  it('lets the migrator out to MySQL and Secrets Manager only, the lister to S3 as well', () => {
    const both = [
      '3306 to <NetworkVpc.CidrBlock>',
      '443 to <NetworkEndpointSecurityGroup.GroupId>',
    ];
    expect(outwards(template, 'Migrator')).toEqual(both);
    expect(outwards(template, 'Lister')).toEqual([...both, '443 to 0.0.0.0/0']);
  });

  it('lets nobody in but these two to the endpoint', () => {
    const inwards = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress');
    expect(inwards.map(({ Properties }) => Properties.FromPort)).toEqual([443, 443]);
    for (const { Properties } of resourcesOf(template, 'AWS::EC2::SecurityGroup')) {
      expect(Properties.SecurityGroupIngress).toBeUndefined();
    }
  });
});

describe('a VPC that is there', () => {
  it('gets no endpoint unless asked', () => {
    const template = templateOf(fixture('existing-vpc'));
    template.resourceCountIs('AWS::EC2::VPC', 0);
    expect(endpoints(template)).toEqual([]);
    expect(outwards(template, 'Migrator')).toEqual(['3306 to 10.20.0.0/16', '443 to 10.20.0.0/16']);
  });

  it('gets the two where it asks, and rules for what was configured', () => {
    const template = templateOf(fixture('everything'));
    expect(endpoints(template)).toHaveLength(2);
    const both = [
      '3306 to 10.30.0.0/16',
      '3307 to 10.30.0.0/16',
      '3306 to 10.40.0.0/16',
      '3307 to 10.40.0.0/16',
      '443 to <NetworkEndpointSecurityGroup.GroupId>',
    ];
    expect(outwards(template, 'Migrator')).toEqual(both);
    expect(outwards(template, 'Lister')).toEqual([...both, '443 to pl-6da54004']);
  });

  it('keeps security groups as they are given', () => {
    const stack = new Stack(new App(), 'Theirs');
    const vpc = new Vpc(stack, 'TheirVpc') as IVpc;
    const group = new SecurityGroup(stack, 'TheirGroup', { vpc, allowAllOutbound: false });
    new TenantMigrations(stack, 'Migrations', {
      migrationsFolder: 'demo/migrations',
      vpc,
      securityGroups: [group],
      secretsManagerPeer: Peer.anyIpv4(),
    });
    const template = Template.fromStack(stack);
    expect(resourcesOf(template, 'AWS::EC2::SecurityGroup')).toHaveLength(1);
    // That of the library, which stands for none.
    expect(outwards(template, 'TheirGroup')).toEqual(['252 to 255.255.255.255/32']);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'Theirs-migrate-tenant',
      VpcConfig: { SecurityGroupIds: [stack.resolve(group.securityGroupId)] },
    });
  });
});
