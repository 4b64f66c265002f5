import {
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type IPeer,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { deliveredLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import type { FunctionNetwork } from './migration-function.ts';

export interface MigrationsNetworkProps {
  readonly prefix: string;
  /** Default: one is made, of isolated subnets. */
  readonly vpc?: IVpc | undefined;
  readonly subnets?: SubnetSelection | undefined;
  /** Whether the two endpoints are made. Default: in a VPC that is made here. */
  readonly endpoints?: boolean | undefined;
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  readonly databasePorts: readonly number[];
  /** Default: the VPC's own addresses. */
  readonly databasePeers?: readonly IPeer[] | undefined;
  /** Default: the endpoint that is made here, else the VPC's own addresses. */
  readonly secretsManagerPeer?: IPeer | undefined;
  /** Default: HTTPS to anywhere. */
  readonly s3PrefixListId?: string | undefined;
  readonly logs: LogGroupSettings;
}

const HTTPS = Port.tcp(443);

/**
 * Where lister and migrator are. They reach databases, Secrets Manager and, the lister, S3; nothing
 * reaches them. The other functions are in no VPC: what they ask has no endpoint here.
 */
export class MigrationsNetwork extends Construct {
  readonly vpc: IVpc;
  readonly lister: FunctionNetwork;
  readonly migrator: FunctionNetwork;
  private readonly props: MigrationsNetworkProps;

  constructor(scope: Construct, id: string, props: MigrationsNetworkProps) {
    super(scope, id);
    this.props = props;
    this.vpc = props.vpc ?? this.isolatedVpc();
    const subnets =
      props.subnets ?? (props.vpc === undefined ? { subnetType: SubnetType.PRIVATE_ISOLATED } : {});
    const network = (given: readonly ISecurityGroup[]): FunctionNetwork => ({
      vpc: this.vpc,
      subnets,
      securityGroups: given,
    });
    const given = props.securityGroups;
    this.lister = network(given ?? [this.securityGroup('Lister', 'lists tenants')]);
    this.migrator = network(given ?? [this.securityGroup('Migrator', 'migrates tenants')]);
    const endpoint =
      (props.endpoints ?? props.vpc === undefined) ? this.addEndpoints(subnets) : undefined;
    if (given === undefined) this.allowOutbound(endpoint);
  }

  private isolatedVpc(): IVpc {
    // The class declares an optional member otherwise than its interface does.
    const vpc = new Vpc(this, 'Vpc', {
      vpcName: this.props.prefix,
      maxAzs: 2,
      natGateways: 0,
      createInternetGateway: false,
      subnetConfiguration: [
        { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    }) as IVpc;
    new FlowLog(vpc, 'FlowLog', {
      resourceType: FlowLogResourceType.fromVpc(vpc),
      // A database that does not let the migrator in is seen here. What goes well is seen elsewhere.
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        deliveredLogGroup(vpc, `${this.props.prefix}-network`, this.props.logs),
      ),
    });
    return vpc;
  }

  private securityGroup(id: string, does: string): SecurityGroup {
    return new SecurityGroup(this, `${id}SecurityGroup`, {
      vpc: this.vpc,
      description: `Function of ${this.props.prefix} that ${does}`,
      allowAllOutbound: false,
    });
  }

  /** Makes the two endpoints; returns the one that has an address. */
  private addEndpoints(subnets: SubnetSelection): SecurityGroup {
    this.vpc.addGatewayEndpoint('S3', {
      service: GatewayVpcEndpointAwsService.S3,
      subnets: [subnets],
    });
    const group = new SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc: this.vpc,
      description: `Endpoint of Secrets Manager for ${this.props.prefix}`,
      allowAllOutbound: false,
    });
    const readers = [...this.lister.securityGroups, ...this.migrator.securityGroups];
    for (const reader of new Set(readers)) group.addIngressRule(reader, HTTPS, 'Reads a secret');
    this.vpc.addInterfaceEndpoint('SecretsManager', {
      service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets,
      securityGroups: [group],
      open: false,
    });
    return group;
  }

  private allowOutbound(endpoint: SecurityGroup | undefined): void {
    const { databasePorts, databasePeers, secretsManagerPeer, s3PrefixListId } = this.props;
    const vpcAddresses = () => Peer.ipv4(this.vpc.vpcCidrBlock);
    const allow = (group: ISecurityGroup, peer: IPeer, port: Port, what: string) =>
      group.addEgressRule(inline(peer), port, what);
    for (const group of [...this.lister.securityGroups, ...this.migrator.securityGroups]) {
      for (const peer of databasePeers ?? [vpcAddresses()]) {
        for (const port of databasePorts) allow(group, peer, Port.tcp(port), 'Databases');
      }
      allow(group, endpoint ?? secretsManagerPeer ?? vpcAddresses(), HTTPS, 'Secrets Manager');
    }
    // Of the gateway endpoint only the prefix list tells the addresses, and its id differs by region.
    const s3 = s3PrefixListId === undefined ? Peer.anyIpv4() : Peer.prefixList(s3PrefixListId);
    for (const group of this.lister.securityGroups) allow(group, s3, HTTPS, 'S3');
  }
}

/**
 * A peer whose rule stands in the group that goes to it. The library would make a resource of it,
 * AWS::EC2::SecurityGroupEgress, which only two groups that name each other need, and which local
 * endpoints do not know.
 */
function inline(peer: IPeer): IPeer {
  return {
    canInlineRule: true,
    uniqueId: peer.uniqueId,
    connections: peer.connections,
    toIngressRuleConfig: () => peer.toIngressRuleConfig(),
    toEgressRuleConfig: () => peer.toEgressRuleConfig(),
  };
}
