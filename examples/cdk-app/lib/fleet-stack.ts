import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  InstanceClass,
  InstanceSize,
  InstanceType,
  InterfaceVpcEndpointAwsService,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { TenantMigrations } from 'fanfold/cdk';

/** A product's own VPC and database server, and the state machine that migrates its tenants. */
export class FleetStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    // No NAT: what the functions need is reached through endpoints.
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    vpc.addInterfaceEndpoint('SecretsManager', {
      service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    });

    // The central database and the tenants share a server here; a large fleet has many.
    const server = new DatabaseInstance(this, 'Server', {
      engine: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_6 }),
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      databaseName: 'central',
      credentials: Credentials.fromGeneratedSecret('central'),
      storageEncrypted: true,
      backupRetention: Duration.days(14),
      deletionProtection: true,
    });

    const migrations = new TenantMigrations(this, 'Migrations', {
      // TypeScript is bundled with the functions: a new migration is a deployment.
      migrationsFolder: './migrations/tenant',
      vpc,
      subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      centralSecret: server.secret,
      requestDefaults: {
        waves: [{ percentage: 5, canary: true }],
        toleratedFailurePercentage: 2,
      },
      alarmsTopic: new Topic(this, 'Alarms', { displayName: 'Tenant migrations' }),
    });
    migrations.connections.allowToDefaultPort(server);
  }
}
