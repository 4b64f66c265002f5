import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, type IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it, vi } from 'vitest';
import type { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { statementsOf } from './support/statements.ts';
import { construct } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

/** Actions of somebody who was granted something, and the conditions on keys. */
function granted(grant: (migrations: TenantMigrations, grantee: IGrantable) => void) {
  const { stack, migrations } = construct();
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

describe('grantView', () => {
  const view = granted((migrations, grantee) => migrations.grantView(grantee));

  it('lets see runs, reports and logs', () => expect(view.actions).toEqual(VIEW));

  it('has the keys without which the console shows no data', () => {
    expect(view.keys).toContain('kms:EncryptionContext:aws:states:stateMachineArn');
    expect(view.keys).toContain('/MigrateTenants');
    expect(view.keys).toContain('kms:EncryptionContext:aws:s3:arn');
  });

  it('leaves out items, which hold addresses and ciphertext', () => {
    const objects = view.statements.filter(({ actions }) => actions.includes('s3:GetObject'));
    expect(objects.flatMap(({ resources }) => resources)).toEqual([
      '<MigrationsRunBucket.Arn>/runs/*',
    ]);
  });
});

describe('grantStart', () => {
  const start = granted((migrations, grantee) => migrations.grantStart(grantee));

  it('lets start a run and see what becomes of it', () => {
    expect(start.actions).toEqual([
      'cloudformation:DescribeStacks',
      'kms:Decrypt',
      'states:DescribeExecution',
      'states:StartExecution',
    ]);
  });
});

describe('grantOperate', () => {
  const operate = granted((migrations, grantee) => migrations.grantOperate(grantee));

  it('lets see, start, redrive, stop and throttle runs, and close one that was stopped', () => {
    expect(operate.actions).toEqual(
      [
        ...VIEW,
        'lambda:InvokeFunction',
        'states:RedriveExecution',
        'states:StartExecution',
        'states:StopExecution',
        'states:UpdateMapRun',
      ].sort(),
    );
  });

  it('lets invoke the settler and no other function', () => {
    const invoked = operate.statements.filter(({ actions }) =>
      actions.includes('lambda:InvokeFunction'),
    );
    expect(invoked.flatMap(({ resources }) => resources)).toEqual([
      '<MigrationsFunctionsSettleRunFunction.Arn>',
    ]);
  });

  it('changes nothing but executions and Map Runs of this machine', () => {
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

describe('grantRotateKeys', () => {
  const rotate = granted((migrations, grantee) => migrations.grantRotateKeys(grantee));

  it('lets read both secrets and write the key ring, and nothing of runs but their names', () => {
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

  it('uses the key through Secrets Manager only', () => {
    expect(rotate.keys).toContain('kms:ViaService');
  });
});
