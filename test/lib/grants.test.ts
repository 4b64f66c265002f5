import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, type IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import type { TenantMigrations, TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { OPERATOR_FUNCTIONS } from '../../src/core/wire/operator-functions.ts';
import { statementsOf } from './support/statements.ts';
import { construct } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

/** Actions of somebody who was granted something, and the conditions on keys. */
function granted(
  grant: (migrations: TenantMigrations, grantee: IGrantable) => void,
  props: Partial<TenantMigrationsProps> = {},
) {
  const { stack, migrations } = construct(props);
  const role = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
  grant(migrations, role);
  const statements = statementsOf(Template.fromStack(stack)).filter(
    (one) => one.role === 'Somebody',
  );
  return {
    actions: [...new Set(statements.flatMap(({ actions }) => actions))].sort(),
    statements,
    keys: JSON.stringify(statements.filter(({ actions }) => actions.includes('kms:Decrypt'))),
  };
}

const VIEW = [
  'cloudformation:DescribeStacks',
  'kms:Decrypt',
  'logs:DescribeLogStreams',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  's3:GetObject',
  's3:ListBucket',
  'states:DescribeExecution',
  'states:DescribeMapRun',
  'states:DescribeStateMachine',
  'states:DescribeStateMachineForExecution',
  'states:GetExecutionHistory',
  'states:ListExecutions',
  'states:ListMapRuns',
];

/** Requests that the pages of the console make by themselves. */
const CONSOLE = [
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'kms:DescribeKey',
  'logs:DescribeLogGroups',
  'states:ListStateMachines',
  'states:ListTagsForResource',
];

describe('grantView', () => {
  const view = granted((migrations, grantee) => migrations.grantView(grantee));

  it('grantView grants read access to runs, reports and logs', () =>
    expect(view.actions).toEqual(VIEW));

  it('grantView includes the keys without which the console shows no data', () => {
    expect(view.keys).toContain('kms:EncryptionContext:aws:states:stateMachineArn');
    expect(view.keys).toContain('/MigrateTenants');
    expect(view.keys).toContain('kms:EncryptionContext:aws:s3:arn');
  });

  it('grantView leaves out items, which hold addresses and ciphertext', () => {
    const objects = view.statements.filter(({ actions }) => actions.includes('s3:GetObject'));
    expect(objects.flatMap(({ resources }) => resources)).toEqual([
      '<MigrationsRunBucket.Arn>/runs/*',
    ]);
  });
});

describe('grantStart', () => {
  const start = granted((migrations, grantee) => migrations.grantStart(grantee));

  it('grantStart grants the right to start a run and to read how it ended', () => {
    expect(start.actions).toEqual([
      'cloudformation:DescribeStacks',
      'kms:Decrypt',
      'states:DescribeExecution',
      'states:StartExecution',
    ]);
  });
});

describe('grantApprove', () => {
  const approve = granted((migrations, grantee) => migrations.grantApprove(grantee));

  it('grantApprove grants the right to decide about runs that wait, and to start or stop none', () => {
    expect(approve.actions).toEqual([
      'cloudformation:DescribeStacks',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      's3:GetObject',
      's3:ListBucket',
      'states:DescribeExecution',
      'states:ListExecutions',
      'states:SendTaskFailure',
      'states:SendTaskSuccess',
    ]);
    const decided = approve.statements.filter(({ actions }) =>
      actions.some((action) => action.startsWith('states:SendTask')),
    );
    expect(decided.flatMap(({ resources }) => resources)).toEqual([
      '<MigrationsMachineStateMachine>',
    ]);
  });

  it.each(['grantView', 'grantStart', 'grantOperate'] as const)('%s does not grant it', (name) => {
    const { actions } = granted((migrations, grantee) => migrations[name](grantee));
    expect(actions.filter((action) => action.startsWith('states:SendTask'))).toEqual([]);
  });
});

describe('grantOperate', () => {
  const operate = granted((migrations, grantee) => migrations.grantOperate(grantee));

  it('grantOperate grants the rights to read, start, redrive, stop and throttle runs, and to close a stopped one', () => {
    expect(operate.actions).toEqual(
      [
        ...VIEW,
        ...CONSOLE,
        'lambda:InvokeFunction',
        'states:RedriveExecution',
        'states:StartExecution',
        'states:StopExecution',
        'states:UpdateMapRun',
      ].sort(),
    );
  });

  it('grantOperate grants the right to invoke the settler and no other function', () => {
    const invoked = operate.statements.filter(({ actions }) =>
      actions.includes('lambda:InvokeFunction'),
    );
    expect(invoked.flatMap(({ resources }) => resources)).toEqual([
      '<MigrationsFunctionsSettleRunFunction.Arn>',
    ]);
  });

  it('grantOperate changes nothing but executions and Map Runs of this machine', () => {
    const changed = operate.statements.filter(({ actions }) =>
      actions.some((action) => /Redrive|Stop|Update/.test(action)),
    );
    for (const resource of changed.flatMap(({ resources }) => resources)) {
      expect(resource).toMatch(
        /:(execution|mapRun):Theirs-tenant-migrations(\/MigrateTenants)?:\*$/,
      );
    }
  });
});

// The calls of the pages are in "Actions, resources, and condition keys" of the service and in its guide.
describe('the console steps of the runbook', () => {
  const runbook = readFileSync('docs/how-to/runbook.md', 'utf8');
  const onAws = runbook.slice(runbook.indexOf('## On AWS'));
  const withSchedule = granted((migrations, grantee) => migrations.grantOperate(grantee), {
    schedule: { expression: 'rate(1 day)' },
  });

  const page = [
    'states:ListStateMachines',
    'states:DescribeStateMachine',
    'states:ListExecutions',
    'states:ListTagsForResource',
    'cloudwatch:GetMetricData',
    'cloudwatch:DescribeAlarms',
  ];
  const execution = [
    ...page,
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'kms:Decrypt',
    'kms:DescribeKey',
  ];
  const mapRun = [...execution, 'states:ListMapRuns', 'states:DescribeMapRun'];
  const queue = [
    'sqs:ListQueues',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'kms:Decrypt',
  ];
  const STEPS: Readonly<Record<string, readonly string[]>> = {
    'Start execution': [...page, 'states:StartExecution'],
    'Stop execution': [...execution, 'states:StopExecution'],
    Redrive: [...execution, 'states:RedriveExecution'],
    Details: execution,
    Cause: execution,
    'Map Run': mapRun,
    Edit: [...mapRun, 'states:UpdateMapRun'],
    Running: mapRun,
    Failed: mapRun,
    Aborted: mapRun,
    SQS: queue,
    'Send and receive messages': queue,
    Poll: queue,
  };
  /** Words in italics that are not a step of an operator; the text says who else does it. */
  const NOT_A_STEP = [
    'caught',
    'Concurrent executions',
    'StateTransition throttle token refill rate',
    'pending deletion',
    'Secrets',
    'Show secrets scheduled for deletion',
    'Cancel deletion',
  ];

  const named = [...onAws.matchAll(/(?<![*\w])\*([A-Za-z][^*\n]*)\*(?!\*)/g)].map(
    ([, words = '']) => words,
  );

  it('the console steps of the runbook are all known to this test', () => {
    expect(named.length).toBeGreaterThan(15);
    const unknown = named.filter((words) => !(words in STEPS) && !NOT_A_STEP.includes(words));
    expect(unknown).toEqual([]);
    expect(Object.keys(STEPS).filter((words) => !named.includes(words))).toEqual([]);
  });

  it.each(Object.entries(STEPS))('%s is allowed by grantOperate', (_, actions) => {
    expect(actions.filter((action) => !withSchedule.actions.includes(action))).toEqual([]);
  });

  it('the console steps of the runbook read messages of the dead-letter queue with its key, and no other queue', () => {
    const reading = withSchedule.statements.filter(({ actions }) =>
      actions.includes('sqs:ReceiveMessage'),
    );
    expect(reading.flatMap(({ resources }) => resources)).toEqual([
      expect.stringContaining('DeadLetters'),
    ]);
    expect(withSchedule.keys).toContain('kms:EncryptionContext:aws:sqs:arn');
  });

  it('the console steps of the runbook are refused to people with read access only', () => {
    const view = granted((migrations, grantee) => migrations.grantView(grantee));
    for (const action of ['states:StartExecution', 'states:UpdateMapRun', 'sqs:DeleteMessage']) {
      expect(view.actions).not.toContain(action);
    }
  });
});

/** Props of a stack that has every function for operators. */
const WITH_ADMIN = {
  get provisioning() {
    const secret = Secret.fromSecretCompleteArn(
      new Stack(),
      'Admin',
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf',
    );
    return { adminSecrets: [{ secret }] };
  },
};

describe('the grants for commands with --aws', () => {
  const GRANTS: Readonly<Record<string, string>> = {
    grantInspect: 'Inspect',
    grantResolve: 'Resolve',
    grantSetPasswords: 'Passwords',
    grantMoveTenants: 'Move',
    grantRepair: 'Repair',
    grantUndoProvisioning: 'Undo',
  };

  it('grants for commands with --aws are one for each function', () => {
    const grants = Object.values(OPERATOR_FUNCTIONS).map(({ grant }) => grant);
    expect(Object.keys(GRANTS)).toEqual(grants);
  });

  it.each(Object.keys(GRANTS) as (keyof TenantMigrations)[])(
    '%s grants the right to find the stack and to invoke one function',
    (grant) => {
      const { statements } = granted(
        (migrations, grantee) =>
          (migrations[grant] as (to: IGrantable) => void).call(migrations, grantee),
        WITH_ADMIN,
      );
      expect(
        statements.flatMap(({ actions, resources }) =>
          resources.map((resource) => `${actions.join(', ')} -> ${resource}`),
        ),
      ).toEqual([
        `lambda:InvokeFunction -> <MigrationsOperators${GRANTS[grant]}Function.Arn>`,
        expect.stringMatching(/^cloudformation:DescribeStacks -> /),
      ]);
    },
  );

  it.each(['grantRepair', 'grantUndoProvisioning'] as const)(
    '%s says that a stack without provisioning has nothing to grant',
    (grant) => {
      const { stack, migrations } = construct();
      const role = new Role(stack, 'Somebody', { assumedBy: new AccountRootPrincipal() });
      expect(() => migrations[grant](role)).toThrow('Theirs/Migrations has no "provisioning"');
    },
  );
});

describe('grantRotateKeys', () => {
  const rotate = granted((migrations, grantee) => migrations.grantRotateKeys(grantee));

  it('grantRotateKeys grants the rights to read both secrets, to write the key ring and to list the names of runs', () => {
    expect(
      rotate.statements.flatMap(({ actions, resources }) =>
        resources.map((resource) => `${actions.join(', ')} -> ${resource}`),
      ),
    ).toEqual([
      'secretsmanager:GetSecretValue -> <MigrationsSecretsCentral>',
      'kms:Decrypt -> <MigrationsKeysSecretsKey.Arn>',
      'secretsmanager:GetSecretValue -> <MigrationsSecretsEncryptionKey>',
      'secretsmanager:PutSecretValue, secretsmanager:UpdateSecretVersionStage -> <MigrationsSecretsEncryptionKey>',
      'kms:GenerateDataKey -> <MigrationsKeysSecretsKey.Arn>',
      'states:ListExecutions -> <MigrationsMachineStateMachine>',
      expect.stringMatching(/^cloudformation:DescribeStacks -> /),
    ]);
  });

  it('grantRotateKeys grants the logins by IAM of the central database', () => {
    const { statements } = granted((migrations, grantee) => migrations.grantRotateKeys(grantee), {
      iamLogins: { central: [{ resourceId: 'cluster-ABC', users: ['fanfold'] }] },
    });
    expect(statements.map(({ actions }) => actions)).toContainEqual(['rds-db:connect']);
  });

  it('grantRotateKeys uses the key through Secrets Manager only', () => {
    expect(rotate.keys).toContain('kms:ViaService');
  });
});
