import { Annotations } from 'aws-cdk-lib';
import {
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  FlowLogTrafficType,
  type GatewayVpcEndpoint,
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
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { deliveredLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import type { FunctionNetwork } from './migration-function.ts';
import { vpcCidrs } from './vpc-cidrs.ts';

export interface MigrationsNetworkProps {
  readonly prefix: string;
  /** Default: a VPC of isolated subnets is made. */
  readonly vpc?: IVpc | undefined;
  readonly subnets?: SubnetSelection | undefined;
  /** Whether the two endpoints are made. Default: in a VPC that is made here. */
  readonly endpoints?: boolean | undefined;
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  readonly databasePorts: readonly number[];
  /** Default: every range of the VPC. */
  readonly databasePeers?: readonly IPeer[] | undefined;
  /** Default: the endpoint that is made here, else any address. */
  readonly secretsManagerPeer?: IPeer | undefined;
  /** Default: HTTPS to anywhere for the lister, which needs S3; nothing for the migrator, unless the VPC is made here. */
  readonly s3PrefixListId?: string | undefined;
  readonly logs: LogGroupSettings;
}

const HTTPS = Port.tcp(443);

/**
 * The network of lister and migrator. They reach databases, Secrets Manager and S3; nothing
 * reaches them. The other functions are in no VPC: the services that they call have no endpoint here.
 */
export class MigrationsNetwork extends Construct {
  readonly vpc: IVpc;
  readonly lister: FunctionNetwork;
  readonly migrator: FunctionNetwork;
  /** The network of a function that needs the targets of both. */
  readonly watcher: FunctionNetwork;
  private readonly props: MigrationsNetworkProps;
  private s3Endpoint: GatewayVpcEndpoint | undefined;

  constructor(scope: Construct, id: string, props: MigrationsNetworkProps) {
    super(scope, id);
    this.props = props;
    refuseNoWayToSecrets(props);
    this.vpc = props.vpc ?? this.isolatedVpc();
    const subnets =
      props.subnets ?? (props.vpc === undefined ? { subnetType: SubnetType.PRIVATE_ISOLATED } : {});
    this.refusePublic(subnets);
    const network = (given: readonly ISecurityGroup[]): FunctionNetwork => ({
      vpc: this.vpc,
      subnets,
      securityGroups: given,
    });
    const given = props.securityGroups;
    this.lister = network(given ?? [this.securityGroup('Lister', 'lists tenants')]);
    this.migrator = network(given ?? [this.securityGroup('Migrator', 'migrates tenants')]);
    this.watcher = network([
      ...new Set([...this.lister.securityGroups, ...this.migrator.securityGroups]),
    ]);
    const endpoint =
      (props.endpoints ?? props.vpc === undefined) ? this.addEndpoints(subnets) : undefined;
    if (given === undefined) this.allowOutbound(endpoint);
    if (endpoint === undefined && props.secretsManagerPeer === undefined)
      this.warnIfIsolated(subnets);
  }

  /**
   * Lets nothing but the objects of this bucket be reached by S3 from a VPC that is made here, in which migrations run.
   * In a VPC that is given, others may use the endpoint.
   */
  confineS3(bucket: IBucket): void {
    if (this.props.vpc !== undefined) return;
    this.s3Endpoint?.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['s3:*'],
        resources: [bucket.bucketArn, bucket.arnForObjects('*')],
      }),
    );
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
      // A database whose security group refuses the migrator shows here. A log of accepted traffic would only
      // cost money.
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
    this.s3Endpoint = this.vpc.addGatewayEndpoint('S3', {
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

  /** Lambda gives a function in a public subnet no public address, so that it reaches nothing outside of the VPC. */
  private refusePublic(selection: SubnetSelection): void {
    const open = new Set(this.vpc.publicSubnets.map(({ subnetId }) => subnetId));
    const { subnets } = this.vpc.selectSubnets(selection);
    if (!subnets.some(({ subnetId }) => open.has(subnetId))) return;
    throw new Error(
      `The functions would be in public subnets of ${this.vpc.node.path}, from which they reach neither Secrets Manager nor S3. Give "subnets" private ones with a NAT gateway, or isolated ones and "endpoints": true.`,
    );
  }

  /** Isolated subnets have no way out, so Secrets Manager needs an endpoint, which cannot be seen here. */
  private warnIfIsolated(selection: SubnetSelection): void {
    const isolated = new Set(this.vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
    const { subnetIds, isPendingLookup } = this.vpc.selectSubnets(selection);
    // Until a VPC is looked up, the library shows one whose subnets are of all kinds.
    if (isPendingLookup === true || !subnetIds.some((id) => isolated.has(id))) return;
    Annotations.of(this).addWarningV2(
      'fanfold:isolatedSubnets',
      `The functions of ${this.props.prefix} are in isolated subnets, from which Secrets Manager is reached through an endpoint only. Set "endpoints" to true to have it made, name the existing endpoint as "secretsManagerPeer", or choose "subnets" with a NAT gateway.`,
    );
  }

  private allowOutbound(endpoint: SecurityGroup | undefined): void {
    const { databasePorts, databasePeers, secretsManagerPeer, s3PrefixListId } = this.props;
    const vpcAddresses = () => vpcCidrs(this.vpc).map((range) => Peer.ipv4(range));
    // Without a known endpoint, a NAT gateway or an endpoint of somebody else answers.
    const secretsManager = endpoint ?? secretsManagerPeer ?? Peer.anyIpv4();
    const allow = (group: ISecurityGroup, peer: IPeer, port: Port, what: string) =>
      group.addEgressRule(inline(peer), port, what);
    for (const group of [...this.lister.securityGroups, ...this.migrator.securityGroups]) {
      for (const peer of databasePeers ?? vpcAddresses()) {
        for (const port of databasePorts) allow(group, peer, Port.tcp(port), 'Databases');
      }
      allow(group, secretsManager, HTTPS, 'Secrets Manager');
    }
    // The addresses of a gateway endpoint are in a prefix list, whose id differs by region.
    const s3 = s3PrefixListId === undefined ? Peer.anyIpv4() : Peer.prefixList(s3PrefixListId);
    if (s3.uniqueId === secretsManager.uniqueId) return;
    // The migrator runs code of migrations, and S3 is of use to it, but not needed: a given VPC that confines it to
    // Secrets Manager is not opened to any address for that. In a VPC that is made here, any address is the run bucket.
    const isConfined = this.props.vpc === undefined || s3PrefixListId !== undefined;
    const ofMigrator = isConfined ? this.migrator.securityGroups : [];
    for (const group of new Set([...this.lister.securityGroups, ...ofMigrator])) {
      allow(group, s3, HTTPS, 'S3');
    }
  }
}

/** A VPC that is made here has no way out but its endpoints. */
function refuseNoWayToSecrets({
  prefix,
  vpc,
  endpoints,
  secretsManagerPeer,
}: MigrationsNetworkProps) {
  if (vpc !== undefined || endpoints !== false || secretsManagerPeer !== undefined) return;
  throw new Error(
    `"endpoints" is false and no "vpc" is given: from the VPC that is made for ${prefix} the functions cannot reach Secrets Manager. Leave "endpoints" out, give a "vpc" with a NAT gateway or an endpoint, or name a "secretsManagerPeer".`,
  );
}

/**
 * A peer whose rule is in the group that connects to it. The library would make a separate resource,
 * AWS::EC2::SecurityGroupEgress, which only groups that refer to each other need, and which local endpoints
 * do not support.
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
