import { Aws, Duration } from 'aws-cdk-lib';
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { allow } from './allow.ts';
import { allowSecret } from './allow-secret.ts';
import type { DatabaseFunctionsProps } from './database-functions-props.ts';
import { deliveredLogGroup } from './encrypted-log-group.ts';
import { encryptedStateMachine } from './encrypted-state-machine.ts';
import { functionEnvironment } from './function-environment.ts';
import { executionsOf } from './grants.ts';
import { allowIamLogins } from './iam-logins.ts';
import { type LoginSecret, loginSecretsText } from './login-secrets-text.ts';
import { type FunctionNetwork, MigrationFunction } from './migration-function.ts';
import { stateMachineArn } from './migrations-state-machine.ts';
import { PoolRefilling } from './pool-refilling.ts';
import { provisionTenantDefinition } from './provision-tenant-definition.ts';

/** A secret with the login of somebody who may make databases and users on a server. */
export type AdminSecret = LoginSecret;

/** The settings for creating new tenants. */
export interface ProvisioningOptions {
  /** Logins of administrators, at least one. Only the provisioner reads them. */
  readonly adminSecrets: readonly AdminSecret[];
  /** Hosts from which tenants' users may log in, such as `10.1.%`. Default: `%`. */
  readonly accountsFrom?: string | undefined;
  /** Privileges of users in their database, separated by commas. Default: `ALL`, or those for rows. */
  readonly privileges?: string | undefined;
  /** Makes a second user for each tenant, which migrates, with these privileges. Default: none. */
  readonly migrationPrivileges?: string | undefined;
  /** Collation of the databases, one of utf8mb4. Default: the server's. */
  readonly collation?: string | undefined;
  /**
   * How tenants' users log in. With `iam` they use IAM database authentication of Amazon RDS and Aurora, and
   * `iamLogins` must allow the functions to log in as these users. Default: by a password.
   */
  readonly auth?: 'password' | 'iam' | undefined;
  /** Whether servers are to refuse users without TLS. Default: if `tls` uses it for the server. */
  readonly requireTls?: boolean | undefined;
  /** How passwords are encrypted. Default: as the key ring has it. */
  readonly passwordFormat?: 'v1' | 'v2' | undefined;
  /**
   * Databases that are kept ready for new tenants on each server that gets some, up to 100. Default: that of the project's
   * configuration, or none.
   */
  readonly pool?: number | undefined;
}

export interface TenantProvisioningProps extends ProvisioningOptions, DatabaseFunctionsProps {
  /** Folder with the function's bundle. */
  readonly asset: string;
  readonly network: FunctionNetwork;
  /** Key of the state machine and the logs. */
  readonly dataKey: IKey;
  /** Memory of the function, in MB. */
  readonly memory?: number | undefined;
}

/** As much as the lister: it reads Prisma and the migrations, and somebody may be waiting. */
const MEMORY = 1_769;

/** If the migrations of a new tenant take longer than this, something is wrong with it. */
const TIMEOUT = Duration.days(1);

/** The state machine ProvisionTenant, and the one function that its states invoke. */
export class TenantProvisioning extends Construct {
  readonly machine: StateMachine;
  readonly provisioner: MigrationFunction;
  /** RefillPool, which keeps databases ready for new tenants; undefined without a pool. */
  readonly refilling: PoolRefilling | undefined;
  private readonly logGroup: LogGroup;
  private readonly name: string;
  private readonly refillingName: string;
  private readonly dataKey: IKey;

  constructor(scope: Construct, id: string, props: TenantProvisioningProps) {
    super(scope, id);
    if (props.adminSecrets.length === 0) {
      throw new Error(
        `${this.node.path} has no "adminSecrets": provisioning needs the login of an administrator for each database server.`,
      );
    }
    this.name = `${props.prefix}-provision-tenant`;
    this.refillingName = `${props.prefix}-refill-pool`;
    this.dataKey = props.dataKey;
    this.provisioner = this.addFunction(props);
    this.logGroup = deliveredLogGroup(this, this.name, props.logs);
    this.machine = this.addMachine(props);
    this.refilling = poolOf(props) > 0 ? this.addRefilling(props) : undefined;
  }

  /** Grants the right to start, follow and redrive provisioning. */
  grantProvision(grantee: IGrantable): void {
    const { machine } = this.arns();
    allow(grantee, { actions: ['states:StartExecution'], resources: [machine] });
    this.allowExecutions(
      grantee,
      ['states:DescribeExecution', 'states:RedriveExecution'],
      [machine],
    );
    this.allowData(grantee, [machine]);
  }

  /** Grants read access to all executions with their data, and to the logs. */
  grantView(grantee: IGrantable): void {
    const { machines } = this.arns();
    allow(grantee, {
      actions: [
        'states:DescribeStateMachine',
        'states:ListExecutions',
        'states:ListTagsForResource',
      ],
      resources: machines,
    });
    const actions = [
      'states:DescribeExecution',
      'states:DescribeStateMachineForExecution',
      'states:GetExecutionHistory',
    ];
    this.allowExecutions(grantee, actions, machines);
    this.allowData(grantee, machines);
    const logGroups = [this.provisioner.logGroup, this.logGroup, this.refilling?.logGroup];
    allow(grantee, {
      actions: ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
      resources: logGroups.flatMap((group) => group?.logGroupArn ?? []),
    });
  }

  /** Grants the right to redrive executions that failed, to stop others, and to have the pool filled. */
  grantOperate(grantee: IGrantable): void {
    const { machines, refilling } = this.arns();
    this.allowExecutions(grantee, ['states:RedriveExecution', 'states:StopExecution'], machines);
    if (refilling !== undefined) {
      allow(grantee, { actions: ['states:StartExecution'], resources: [refilling] });
    }
  }

  private arns() {
    const machine = stateMachineArn(this, this.name);
    const refilling = this.refilling && stateMachineArn(this, this.refillingName);
    const machines = refilling === undefined ? [machine] : [machine, refilling];
    return { machine, refilling, machines };
  }

  private allowExecutions(
    grantee: IGrantable,
    actions: readonly string[],
    machines: readonly string[],
  ): void {
    allow(grantee, {
      actions,
      resources: machines.map(executionsOf),
      wildcard: 'Executions get their names when they start.',
    });
  }

  /** Without the key an execution is shown without input, output and cause. */
  private allowData(grantee: IGrantable, machines: readonly string[]): void {
    allow(grantee, {
      actions: ['kms:Decrypt'],
      resources: [this.dataKey.keyArn],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:aws:states:stateMachineArn':
            machines.length === 1 ? machines[0] : machines,
        },
      },
    });
  }

  private addFunction(props: TenantProvisioningProps): MigrationFunction {
    const provisioner = new MigrationFunction(this, 'ProvisionTenant', {
      name: this.name,
      description: 'Makes new tenants: row, user, database, migrations',
      asset: props.asset,
      memory: props.memory ?? MEMORY,
      timeout: props.functionTimeout,
      architecture: props.architecture,
      logs: props.logs,
      network: props.network,
      environment: functionEnvironment({
        centralSecretArn: props.centralSecret.secretArn,
        centralDatabase: props.centralDatabase,
        keySecretArn: props.encryptionKeySecret.secretArn,
        adminSecrets: loginSecretsText(this, props.adminSecrets),
        tls: props.tls,
        certificates: props.certificates,
        tableName: props.tableName,
        accountsFrom: props.accountsFrom,
        privileges: props.privileges,
        migrationPrivileges: props.migrationPrivileges,
        collation: props.collation,
        auth: props.auth,
        requireTls: props.requireTls?.toString(),
        passwordFormat: props.passwordFormat,
        poolSize: poolOf(props) > 0 ? String(poolOf(props)) : undefined,
      }),
    });
    const read = [props.centralSecret, props.encryptionKeySecret];
    for (const secret of new Set([...read, ...props.adminSecrets.map((one) => one.secret)])) {
      allowSecret(provisioner.role, secret, this);
    }
    const { central = [], admins = [], tenants = [] } = props.iamLogins ?? {};
    allowIamLogins(provisioner.role, [...central, ...admins, ...tenants], this);
    return provisioner;
  }

  private addMachine(props: TenantProvisioningProps): StateMachine {
    const { name } = this;
    const role = new Role(this, 'Role', {
      description: `What the state machine ${name} may do`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          ArnLike: { 'aws:SourceArn': stateMachineArn(this, name) },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    });
    const { functionArn } = this.provisioner.lambda;
    allow(role, { actions: ['lambda:InvokeFunction'], resources: [functionArn] });
    const definition = provisionTenantDefinition({
      partition: Aws.PARTITION,
      provisionTenantArn: functionArn,
      timeoutSeconds: TIMEOUT.toSeconds(),
      functionTimeoutSeconds: props.functionTimeout.toSeconds(),
    });
    return encryptedStateMachine(this, {
      name,
      definition,
      role,
      key: props.dataKey,
      logGroup: this.logGroup,
    });
  }

  private addRefilling(props: TenantProvisioningProps): PoolRefilling {
    return new PoolRefilling(this, 'Pool', {
      name: this.refillingName,
      provisionTenantArn: this.provisioner.lambda.functionArn,
      functionTimeout: props.functionTimeout,
      provisioning: this.machine,
      dataKey: props.dataKey,
      logs: props.logs,
    });
  }
}

/** The number of databases that are kept ready. Throws if it is none. */
function poolOf({ pool = 0 }: TenantProvisioningProps): number {
  if (Number.isInteger(pool) && pool >= 0 && pool <= 100) return pool;
  throw new Error(`provisioning.pool is ${pool}; it must be a whole number from 0 to 100.`);
}
