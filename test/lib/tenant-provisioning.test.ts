import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import type { State } from '../../lib/definition/states-language.ts';
import { provisionTenantDefinition } from '../../lib/provision-tenant-definition.ts';
import type { ProvisioningOptions } from '../../lib/tenant-provisioning.ts';
import { LAMBDA_TRANSIENT, STEP_UNAVAILABLE } from '../../src/core/wire/error-names.ts';
import { provisionEventSchema } from '../../src/core/wire/provision-schemas.ts';
import { statementsOf } from './support/statements.ts';
import { construct, fixture, flat, resourcesOf, templateOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const everything = templateOf(fixture('everything'));
const STATES = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>';
const MACHINE = 'Everything-provision-tenant';
const CENTRAL = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:central-??????';
const RING = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ring-AbCdEf';
const CLUSTER = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-1a2b-AbCdEf';
const ADMINS = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admins-??????';

/** A construct of somebody else's with one administrator. */
function withAdmin(differing: Partial<ProvisioningOptions> = {}) {
  const { stack } = construct({}, 'Elsewhere');
  const secret = Secret.fromSecretNameV2(stack, 'Admin', 'admin');
  return construct({ provisioning: { adminSecrets: [{ secret }], ...differing } });
}

function rightsOf(template: Template, role: string): string[] {
  return statementsOf(template)
    .filter((statement) => statement.role === role && statement.effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      resources.map((resource) => `${actions.join(', ')} -> ${resource}`),
    )
    .sort();
}

describe('without administrators', () => {
  it('without administrators, there is neither a function nor a state machine', () => {
    const names = resourcesOf(templateOf(), 'AWS::StepFunctions::StateMachine');
    expect(names.map(({ Properties }) => Properties.StateMachineName)).toEqual([
      'Fanfold-tenant-migrations',
    ]);
    expect(() => withAdmin({ adminSecrets: [] })).toThrow('no "adminSecrets"');
  });

  it('without administrators, there is nothing to grant', () => {
    const { stack, migrations } = construct();
    const role = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
    expect(() => migrations.grantProvision(role)).toThrow('no "provisioning"');
  });
});

describe('the rights of', () => {
  it('the provisioner has rights to the central login, key and administrators, and none to runs', () => {
    const key = (id: string) =>
      `kms:Decrypt -> arn:aws:kms:eu-west-1:123456789012:key/${id}-2222-3333-4444-555555555555`;
    const user = (name: string) =>
      `rds-db:connect -> arn:<AWS::Partition>:rds-db:<AWS::Region>:<AWS::AccountId>:dbuser:${name}`;
    expect(rightsOf(everything, 'ProvisioningProvisionTenant')).toEqual(
      [
        'ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses -> *',
        ...['11111111', '22222222', '33333333'].map(key),
        ...['cluster-ABCDEFGHIJKL/fanfold', 'db-ABCDEFGHIJKLM/acme', 'db-ABCDEFGHIJKLM/t_*'].map(
          user,
        ),
        'logs:CreateLogStream, logs:PutLogEvents -> <MigrationsProvisioningProvisionTenantLogs.Arn>',
        ...[CENTRAL, RING, CLUSTER, ADMINS].map(
          (secret) => `secretsmanager:GetSecretValue -> ${secret}`,
        ),
      ].sort(),
    );
  });

  it('the state machine of provisioning has the right to invoke only its function', () => {
    const invoked = rightsOf(everything, 'Provisioning').filter((right) => /lambda/.test(right));
    expect(invoked).toEqual([
      'lambda:InvokeFunction -> <MigrationsProvisioningProvisionTenantFunction.Arn>',
    ]);
  });

  it('administrators’ logins are read by the provisioner and by functions that act for an operator as one', () => {
    const readers = statementsOf(everything).filter(({ resources }) =>
      resources.some((resource) => resource === CLUSTER || resource === ADMINS),
    );
    expect(new Set(readers.map(({ role }) => role))).toEqual(
      new Set([
        'ProvisioningProvisionTenant',
        ...['OperatorsPasswords', 'OperatorsRepair', 'OperatorsUndo'],
      ]),
    );
  });

  it('the rights of a provisioning user are to start, see and redrive', () => {
    const { stack, migrations } = withAdmin();
    const role = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
    migrations.grantProvision(role);
    const machine = 'Theirs-provision-tenant';
    expect(rightsOf(Template.fromStack(stack), 'Somebody')).toEqual([
      'cloudformation:DescribeStacks -> arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/Theirs/*',
      'kms:Decrypt -> <MigrationsKeysDataKey.Arn>',
      `states:DescribeExecution, states:RedriveExecution -> ${STATES}:execution:${machine}:*`,
      `states:StartExecution -> ${STATES}:stateMachine:${machine}`,
    ]);
  });
});

describe('an operator', () => {
  const machine = 'Theirs-provision-tenant';
  const rights = (grant: 'grantView' | 'grantOperate') => {
    const { stack, migrations } = withAdmin();
    const role = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
    migrations[grant](role);
    return rightsOf(Template.fromStack(stack), 'Somebody').filter((right) =>
      /rovision/.test(right),
    );
  };
  const view = [
    'logs:DescribeLogStreams, logs:FilterLogEvents, logs:GetLogEvents -> <MigrationsProvisioningLogs.Arn>',
    'logs:DescribeLogStreams, logs:FilterLogEvents, logs:GetLogEvents -> <MigrationsProvisioningProvisionTenantLogs.Arn>',
    `states:DescribeExecution, states:DescribeStateMachineForExecution, states:GetExecutionHistory -> ${STATES}:execution:${machine}:*`,
    `states:DescribeStateMachine, states:ListExecutions, states:ListTagsForResource -> ${STATES}:stateMachine:${machine}`,
  ];

  it('an operator reads and redrives provisioning, but does not start it', () => {
    expect(rights('grantView')).toEqual(view);
    expect(rights('grantOperate')).toEqual([
      ...view,
      `states:RedriveExecution, states:StopExecution -> ${STATES}:execution:${machine}:*`,
    ]);
  });
});

describe('the function', () => {
  const [provisioner] = resourcesOf(everything, 'AWS::Lambda::Function').filter(
    ({ Properties }) => Properties.FunctionName === MACHINE,
  );
  const { Variables = {} } = (provisioner?.Properties.Environment ?? {}) as {
    Variables?: Record<string, unknown>;
  };

  it('the function gets the settings of the configuration', () => {
    expect(Variables).toMatchObject({
      FANFOLD_ACCOUNTS_FROM: '10.20.%',
      FANFOLD_COLLATION: 'utf8mb4_0900_ai_ci',
      FANFOLD_REQUIRE_TLS: 'true',
      FANFOLD_PASSWORD_FORMAT: 'v2',
      FANFOLD_TLS: 'required',
      FANFOLD_TABLE_NAME: 'schema_history',
    });
    expect(JSON.parse(flat(Variables.FANFOLD_ADMIN_SECRETS))).toEqual([
      { arn: CLUSTER, server: 'db1.example.com' },
      { arn: ADMINS.replace('-??????', '') },
    ]);
  });

  it('the function is in the network of the migrator', () => {
    const [migrator] = resourcesOf(everything, 'AWS::Lambda::Function').filter(
      ({ Properties }) => Properties.FunctionName === 'Everything-migrate-tenant',
    );
    expect(provisioner?.Properties.VpcConfig).toEqual(migrator?.Properties.VpcConfig);
  });
});

describe('the state machine', () => {
  const { States } = provisionTenantDefinition({
    partition: 'aws',
    provisionTenantArn: 'arn:provision',
    timeoutSeconds: 86_400,
    functionTimeoutSeconds: 900,
  });
  const tasks = Object.entries(States).filter(([, { Type }]) => Type === 'Task');

  it('the state machine is the one that is deployed, encrypted and logged without data', () => {
    const [machine] = resourcesOf(everything, 'AWS::StepFunctions::StateMachine').filter(
      ({ Properties }) => Properties.StateMachineName === MACHINE,
    );
    const { States: deployed } = JSON.parse(flat(machine?.Properties.DefinitionString));
    expect(Object.keys(deployed)).toEqual(Object.keys(States));
    expect(machine?.Properties).toMatchObject({
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
    });
  });

  it('the state machine retries transient errors in every state', () => {
    for (const [, { Retry = [] }] of tasks) {
      expect(Retry[0]?.ErrorEquals).toEqual([...LAMBDA_TRANSIENT, STEP_UNAVAILABLE]);
    }
  });

  it('the state machine rolls back after any error of a step', () => {
    const caught = tasks.filter(([, state]) => state.Catch !== undefined).map(([name]) => name);
    expect(caught).toEqual([
      'MakeUser',
      'MakeDatabase',
      'GrantRights',
      'RunMigrations',
      'ActivateTenant',
    ]);
    for (const name of caught) {
      expect(States[name]?.Catch?.[0]).toMatchObject({
        ErrorEquals: ['States.ALL'],
        Next: 'FailTenant',
      });
    }
  });

  it('the state machine calls the function with events that its schema accepts', () => {
    const progress = {
      tenantId: '1',
      slug: 'acme',
      status: 'PROVISIONING',
      steps: [{ step: 'claim', durationMs: 1, done: true }],
      applied: 0,
      paused: false,
    };
    const known: Record<string, unknown> = {
      '{% $states.context.Execution.Input %}': {},
      '{% $states.context.State.EnteredTime %}': '2026-11-23T12:00:00.123Z',
      '{% $states.input %}': progress,
      '{% $states.input.progress %}': progress,
      '{% $states.input.failedStep %}': 'account',
      '{% $states.input.error %}': { Error: 'UserTaken', Cause: '{}' },
      '{% $states.input.failedAt %}': 0,
    };
    for (const [name, state] of tasks) {
      const event = Object.entries(payloadOf(state)).map(([key, value]) => [
        key,
        known[value] ?? (key === 'redriveCount' ? 0 : value),
      ]);
      const parsed = provisionEventSchema.safeParse(Object.fromEntries(event));
      expect({ name, error: parsed.error }).toEqual({ name, error: undefined });
    }
  });
});

function payloadOf(state: State): Record<string, string> {
  const { Payload } = state.Arguments as { Payload: Record<string, string> };
  return Payload;
}
