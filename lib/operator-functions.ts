import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { OperatorFunction } from '../src/core/wire/operator-functions.ts';
import { allow } from './allow.ts';
import { allowSecret } from './allow-secret.ts';
import type { BundledLambdas } from './bundle-lambdas.ts';
import type { DatabaseFunctionsProps } from './database-functions-props.ts';
import { functionEnvironment } from './function-environment.ts';
import { allowIamLogins, type IamLogins } from './iam-logins.ts';
import { loginSecretsText } from './login-secrets-text.ts';
import { type FunctionNetwork, MigrationFunction } from './migration-function.ts';
import type { ProvisioningOptions } from './tenant-provisioning.ts';

export interface OperatorFunctionsProps extends DatabaseFunctionsProps {
  readonly bundles: Pick<BundledLambdas, 'assets' | 'version'>;
  readonly network: FunctionNetwork;
  /** Login of the central database for functions that only look tenants up there. */
  readonly centralReadSecret: ISecret;
  /** Administrators of the database servers, and how users are made. Undefined: only given passwords can be stored. */
  readonly provisioning?: ProvisioningOptions | undefined;
  /** Memory of each function, in MB. */
  readonly memory?: number | undefined;
}

/** One whole processor: a person waits for the answer. */
const MEMORY = 1_769;

interface Part {
  /** The end of the function's name. */
  readonly name: string;
  readonly description: string;
  readonly central: 'reads' | 'writes';
  /** Whether it logs in as the administrators of the database servers, if there are any. */
  readonly isAdmin?: boolean;
}

const PARTS: Readonly<Record<OperatorFunction, Part>> = {
  inspect: {
    name: 'inspect-tenants',
    description: 'Looks at tenants for migrate:status and migrate:doctor',
    central: 'reads',
  },
  resolve: {
    name: 'resolve-tenant',
    description: 'Resolves half-applied migrations for migrate:resolve',
    central: 'reads',
  },
  passwords: {
    name: 'set-passwords',
    description: 'Changes passwords for tenant:password and tenant:rotate-password',
    central: 'writes',
    isAdmin: true,
  },
  move: {
    name: 'move-tenants',
    description: 'Changes the addresses of tenants for tenant:move',
    central: 'writes',
  },
  repair: {
    name: 'repair-tenants',
    description: 'Repairs tenants for migrate:doctor --fix',
    central: 'reads',
    isAdmin: true,
  },
  undo: {
    name: 'undo-provisioning',
    description: 'Removes tenants that were never ACTIVE for tenant:provision --undo',
    central: 'writes',
    isAdmin: true,
  },
};

/**
 * The functions that work for an operator whose machine does not reach the databases. They share one bundle,
 * but each has its own role and environment, and does only its part.
 */
export class OperatorFunctions extends Construct {
  private readonly functions: Readonly<Partial<Record<OperatorFunction, MigrationFunction>>>;

  constructor(scope: Construct, id: string, props: OperatorFunctionsProps) {
    super(scope, id);
    // These two only work with an administrator.
    const needAdmin = props.provisioning && {
      repair: this.operator(props, 'repair'),
      undo: this.operator(props, 'undo'),
    };
    this.functions = {
      inspect: this.operator(props, 'inspect'),
      resolve: this.operator(props, 'resolve'),
      passwords: this.operator(props, 'passwords'),
      move: this.operator(props, 'move'),
      ...needAdmin,
    };
  }

  /** The names of the functions, under the keys of the outputs. */
  get outputs() {
    const nameOf = (name: OperatorFunction) => this.functions[name]?.lambda.functionName;
    return {
      inspectFunctionName: nameOf('inspect'),
      resolveFunctionName: nameOf('resolve'),
      passwordsFunctionName: nameOf('passwords'),
      moveFunctionName: nameOf('move'),
      repairFunctionName: nameOf('repair'),
      undoFunctionName: nameOf('undo'),
    };
  }

  /** Grants the right to invoke one of them. Throws if it is not made without `provisioning`. */
  grant(name: OperatorFunction, grantee: IGrantable): void {
    const operator = this.functions[name];
    if (operator === undefined) {
      throw new Error(
        `${this.node.scope?.node.path} has no "provisioning" among its props, so there is nothing to grant.`,
      );
    }
    const { functionArn } = operator.lambda;
    allow(grantee, { actions: ['lambda:InvokeFunction'], resources: [functionArn] });
  }

  private operator(props: OperatorFunctionsProps, operator: OperatorFunction): MigrationFunction {
    const { bundles, encryptionKeySecret, provisioning } = props;
    const { name, description, central, isAdmin } = PARTS[operator];
    const centralSecret = central === 'reads' ? props.centralReadSecret : props.centralSecret;
    const admin = isAdmin === true ? provisioning : undefined;
    const made = new MigrationFunction(this, idOf(operator), {
      name: `${props.prefix}-${name}`,
      description,
      asset: bundles.assets.operate,
      memory: props.memory ?? MEMORY,
      timeout: props.functionTimeout,
      architecture: props.architecture,
      logs: props.logs,
      network: props.network,
      environment: functionEnvironment({
        operator,
        version: bundles.version,
        centralSecretArn: centralSecret.secretArn,
        centralDatabase: props.centralDatabase,
        keySecretArn: encryptionKeySecret.secretArn,
        adminSecrets: loginSecretsText(this, admin?.adminSecrets),
        passwordFormat: central === 'writes' ? provisioning?.passwordFormat : undefined,
        tls: props.tls,
        certificates: props.certificates,
        tableName: props.tableName,
      }),
    });
    const admins = admin?.adminSecrets.map(({ secret }) => secret) ?? [];
    for (const secret of new Set([centralSecret, encryptionKeySecret, ...admins])) {
      allowSecret(made.role, secret, this);
    }
    allowIamLogins(made.role, iamLoginsOf(props.iamLogins, central, admin !== undefined), this);
    return made;
  }
}

/** The database users that a function logs in as by IAM: those of the central database, of tenants, and of administrators. */
function iamLoginsOf(
  { central = [], centralRead = central, admins = [], tenants = [] }: IamLogins = {},
  use: Part['central'],
  isAdmin: boolean,
) {
  return [...(use === 'reads' ? centralRead : central), ...(isAdmin ? admins : []), ...tenants];
}

/** Ids of constructs begin with a capital. */
function idOf(operator: OperatorFunction): string {
  return `${operator.charAt(0).toUpperCase()}${operator.slice(1)}`;
}
