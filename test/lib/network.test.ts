import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CfnVPCCidrBlock,
  type IVpc,
  Peer,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it, vi } from 'vitest';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { construct, fixture, flat, resourcesOf, templateOf } from './support/synthesized.ts';

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

describe('a new VPC', () => {
  const template = templateOf();

  it('a new VPC has isolated subnets and no route to the internet', () => {
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
  });

  it('a new VPC has exactly the two endpoints that the functions need', () => {
    expect(endpoints(template)).toEqual([
      'Gateway com.amazonaws.<AWS::Region>.s3',
      'Interface com.amazonaws.<AWS::Region>.secretsmanager',
    ]);
  });

  it('a new VPC allows traffic to MySQL, Secrets Manager and the run bucket', () => {
    const allowed = [
      '3306 to <NetworkVpc.CidrBlock>',
      '443 to <NetworkEndpointSecurityGroup.GroupId>',
      '443 to 0.0.0.0/0',
    ];
    expect(outwards(template, 'Migrator')).toEqual(allowed);
    expect(outwards(template, 'Lister')).toEqual(allowed);
    // The only address beyond the VPC is the endpoint, which knows no other bucket.
    const [gateway] = resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(
      ({ Properties }) => Properties.VpcEndpointType === 'Gateway',
    );
    const policy = gateway?.Properties.PolicyDocument as { Statement: { Resource: unknown[] }[] };
    expect(policy.Statement).toHaveLength(1);
    const [bucket, objects] = policy.Statement.flatMap(({ Resource }) => Resource.map(flat));
    expect(bucket).toMatch(/RunBucket.*\.Arn>$/);
    expect(objects).toBe(`${bucket}/*`);
  });

  it('a new VPC accepts requests to the endpoint from lister and migrator only', () => {
    const inwards = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress');
    expect(inwards.map(({ Properties }) => Properties.FromPort)).toEqual([443, 443]);
    for (const { Properties } of resourcesOf(template, 'AWS::EC2::SecurityGroup')) {
      expect(Properties.SecurityGroupIngress).toBeUndefined();
    }
  });
});

describe('an existing VPC', () => {
  it('an existing VPC gets no endpoint by default', () => {
    const template = templateOf(fixture('existing-vpc'));
    template.resourceCountIs('AWS::EC2::VPC', 0);
    expect(endpoints(template)).toEqual([]);
    // Through its NAT gateway or an endpoint of somebody else.
    expect(outwards(template, 'Migrator')).toEqual(['3306 to 10.20.0.0/16', '443 to 0.0.0.0/0']);
    expect(outwards(template, 'Lister')).toEqual(['3306 to 10.20.0.0/16', '443 to 0.0.0.0/0']);
  });

  it('an existing VPC gets both endpoints on request, and rules for the configured ports and addresses', () => {
    const template = templateOf(fixture('everything'));
    expect(endpoints(template)).toHaveLength(2);
    const both = [
      '3306 to 10.30.0.0/16',
      '3307 to 10.30.0.0/16',
      '3306 to 10.40.0.0/16',
      '3307 to 10.40.0.0/16',
      '443 to <NetworkEndpointSecurityGroup.GroupId>',
    ];
    for (const part of ['Migrator', 'Lister']) {
      expect(outwards(template, part)).toEqual([...both, '443 to pl-6da54004']);
    }
    for (const { Properties } of resourcesOf(template, 'AWS::EC2::VPCEndpoint')) {
      expect(Properties.PolicyDocument).toBeUndefined();
    }
  });

  it('an existing VPC confines HTTPS to the addresses that are named for Secrets Manager', () => {
    const { vpc, ...rest } = fixture('existing-vpc');
    const at = (more: object) => templateOf({ ...rest, vpc: { ...(vpc as object), ...more } });
    const byRange = at({ secretsManagerCidr: '10.99.0.0/24' });
    expect(outwards(byRange, 'Migrator')).toEqual(['3306 to 10.20.0.0/16', '443 to 10.99.0.0/24']);
    const byGroup = at({ secretsManagerSecurityGroupId: 'sg-0a1b2c3d' });
    expect(outwards(byGroup, 'Migrator')).toEqual(['3306 to 10.20.0.0/16', '443 to sg-0a1b2c3d']);
    expect(() =>
      at({ secretsManagerCidr: '10.99.0.0/24', secretsManagerSecurityGroupId: 'sg-0a1b2c3d' }),
    ).toThrow('one of them is enough');
  });

  it('an existing VPC reaches databases in every range that the configuration names', () => {
    const { vpc, ...rest } = fixture('existing-vpc');
    const cidr = ['10.20.0.0/16', '100.64.0.0/16'];
    const template = templateOf({ ...rest, vpc: { ...(vpc as object), cidr } });
    expect(outwards(template, 'Migrator')).toEqual([
      '3306 to 10.20.0.0/16',
      '3306 to 100.64.0.0/16',
      '443 to 0.0.0.0/0',
    ]);
  });

  it('an existing VPC reaches databases in a range that the app adds to the VPC', () => {
    const stack = new Stack(new App(), 'Theirs');
    const vpc = new Vpc(stack, 'TheirVpc') as IVpc;
    new CfnVPCCidrBlock(stack, 'More', { vpcId: vpc.vpcId, cidrBlock: '100.64.0.0/16' });
    new TenantMigrations(stack, 'Migrations', { migrationsFolder: 'demo/migrations', vpc });
    expect(outwards(Template.fromStack(stack), 'Migrator')).toEqual([
      '3306 to <TheirVpc.CidrBlock>',
      '3306 to 100.64.0.0/16',
      '443 to 0.0.0.0/0',
    ]);
  });

  it('an existing VPC reaches databases in the subnets of a VPC that was looked up, outside of its first range', () => {
    const stack = new Stack(new App(), 'Theirs');
    const vpc = Vpc.fromVpcAttributes(stack, 'TheirVpc', {
      vpcId: 'vpc-0a1b2c3d',
      vpcCidrBlock: '10.20.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0a', 'subnet-0b'],
      privateSubnetIpv4CidrBlocks: ['10.20.1.0/24', '100.64.1.0/24'],
    });
    new TenantMigrations(stack, 'Migrations', { migrationsFolder: 'demo/migrations', vpc });
    expect(outwards(Template.fromStack(stack), 'Migrator')).toEqual([
      '3306 to 10.20.0.0/16',
      '3306 to 100.64.1.0/24',
      '443 to 0.0.0.0/0',
    ]);
  });

  it('an existing VPC warns about isolated subnets from which only an endpoint leads to Secrets Manager', () => {
    const warned = (more: object) => {
      const stack = new Stack(new App(), 'Theirs');
      const vpc = new Vpc(stack, 'TheirVpc', {
        subnetConfiguration: [{ name: 'Inner', subnetType: SubnetType.PRIVATE_ISOLATED }],
      }) as IVpc;
      const props = { migrationsFolder: 'demo/migrations', vpc, ...more };
      new TenantMigrations(stack, 'Migrations', props);
      return Annotations.fromStack(stack)
        .findWarning('*', Match.stringLikeRegexp('isolated subnets'))
        .map(({ entry }) => String(entry.data));
    };
    expect(warned({})[0]).toMatch(/"endpoints".*"secretsManagerPeer".*"subnets"/);
    expect(warned({ endpoints: true })).toEqual([]);
    expect(warned({ secretsManagerPeer: Peer.ipv4('10.0.0.0/24') })).toEqual([]);
  });

  it('an existing VPC is not used without endpoints, as nothing would lead to Secrets Manager', () => {
    expect(() => construct({ endpoints: false })).toThrow(
      /"endpoints" is false and no "vpc".*"secretsManagerPeer"/,
    );
  });

  it('an existing VPC with public subnets only is refused with the choices', () => {
    const stack = new Stack(new App(), 'Public');
    const vpc = new Vpc(stack, 'Vpc', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }],
    }) as IVpc;
    expect(() => new TenantMigrations(stack, 'Migrations', { vpc })).toThrow(
      /public subnets of Public\/Vpc.*Give "subnets" private ones with a NAT gateway, or isolated ones and "endpoints"/,
    );
  });

  it('an existing VPC keeps security groups as they are given', () => {
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
