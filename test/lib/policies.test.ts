import { describe, expect, it, vi } from 'vitest';
import { statementsOf } from './support/statements.ts';
import { fixture, flat, templateOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const plain = statementsOf(templateOf());

/** `action, action -> resource` of what a role may do. */
function rightsOf(role: string): string[] {
  return plain
    .filter((statement) => statement.role === role && statement.effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      resources.map((resource) => `${actions.join(', ')} -> ${resource}`),
    )
    .sort();
}

const BUCKET = '<MigrationsRunBucket.Arn>';
const DATA_KEY = '<MigrationsKeysDataKey.Arn>';
const SECRETS_KEY = '<MigrationsKeysSecretsKey.Arn>';
const STATES = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>';
const MACHINE = 'Fanfold-tenant-migrations';
const LOG = 'logs:CreateLogStream, logs:PutLogEvents';
const INTERFACES =
  'ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses';
const WRITE = 's3:AbortMultipartUpload, s3:ListMultipartUploadParts, s3:PutObject';

// Word by word: a right more or a wildcard more is a change of this file.
describe('the rights of', () => {
  it('the lister: the central secret, runs and items', () => {
    expect(rightsOf('FunctionsListTenants')).toEqual(
      [
        `${INTERFACES} -> *`,
        `kms:Decrypt -> ${SECRETS_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `${LOG} -> <MigrationsFunctionsListTenantsLogs.Arn>`,
        `${WRITE} -> ${BUCKET}/items/*`,
        `${WRITE} -> ${BUCKET}/runs/*`,
        `s3:GetObject -> ${BUCKET}/items/*`,
        `s3:GetObject -> ${BUCKET}/runs/*`,
        `s3:ListBucket -> ${BUCKET}`,
        'secretsmanager:GetSecretValue -> <MigrationsSecretsCentral>',
      ].sort(),
    );
  });

  it('the migrator: the encryption key, and of run data only pauses, paces and what outcomes leave out', () => {
    expect(rightsOf('FunctionsMigrateTenant')).toEqual(
      [
        `${INTERFACES} -> *`,
        `kms:Decrypt -> ${SECRETS_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `${LOG} -> <MigrationsFunctionsMigrateTenantLogs.Arn>`,
        `s3:GetObject -> ${BUCKET}/runs/*/control.json`,
        `s3:PutObject -> ${BUCKET}/runs/*/rests/*`,
        'secretsmanager:GetSecretValue -> <MigrationsSecretsEncryptionKey>',
      ].sort(),
    );
  });

  it('the reducer: runs, and the items of a round that is over', () => {
    expect(rightsOf('FunctionsReduceOutcomes')).toEqual(
      [
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `${LOG} -> <MigrationsFunctionsReduceOutcomesLogs.Arn>`,
        `s3:DeleteObject -> ${BUCKET}/items/*`,
        `${WRITE} -> ${BUCKET}/runs/*`,
        `s3:GetObject -> ${BUCKET}/runs/*`,
        `s3:ListBucket -> ${BUCKET}`,
      ].sort(),
    );
  });

  it('the watcher of statements: both secrets, and of run data to write only its readings', () => {
    expect(rightsOf('FunctionsWatchDigests')).toEqual(
      [
        `${INTERFACES} -> *`,
        `kms:Decrypt -> ${SECRETS_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `${LOG} -> <MigrationsFunctionsWatchDigestsLogs.Arn>`,
        `${WRITE} -> ${BUCKET}/runs/*/digests/*`,
        `s3:GetObject -> ${BUCKET}/runs/*`,
        `s3:ListBucket -> ${BUCKET}`,
        'secretsmanager:GetSecretValue -> <MigrationsSecretsCentral>',
        'secretsmanager:GetSecretValue -> <MigrationsSecretsEncryptionKey>',
      ].sort(),
    );
  });

  it('the settler: runs, executions and the account’s quota', () => {
    expect(rightsOf('FunctionsSettleRun')).toEqual(
      [
        'cloudwatch:DescribeAlarms -> *',
        `kms:Decrypt -> ${DATA_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        'events:PutEvents -> arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
        'lambda:GetAccountSettings -> *',
        `${LOG} -> <MigrationsFunctionsSettleRunLogs.Arn>`,
        `${WRITE} -> ${BUCKET}/runs/*`,
        `s3:GetObject -> ${BUCKET}/runs/*`,
        `s3:ListBucket -> ${BUCKET}`,
        `states:DescribeExecution -> ${STATES}:execution:${MACHINE}:*`,
        `states:ListExecutions -> ${STATES}:stateMachine:${MACHINE}`,
      ].sort(),
    );
  });

  it.each([
    ['inspects', 'Inspect'],
    ['resolves', 'Resolve'],
    ['sets passwords, without an administrator', 'Passwords'],
    ['moves tenants', 'Move'],
  ])('the function that %s: both secrets, and nothing else of AWS', (_, id) => {
    expect(rightsOf(`Operators${id}`)).toEqual(
      [
        `${INTERFACES} -> *`,
        `kms:Decrypt -> ${SECRETS_KEY}`,
        `${LOG} -> <MigrationsOperators${id}Logs.Arn>`,
        'secretsmanager:GetSecretValue -> <MigrationsSecretsCentral>',
        'secretsmanager:GetSecretValue -> <MigrationsSecretsEncryptionKey>',
      ].sort(),
    );
  });

  it('functions that look tenants up read the login for that alone; only those for administrators read their logins', () => {
    const reader = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reader-AbCdEf';
    const { provisioning, centralSecretArn, encryptionKeySecretArn } = fixture('everything');
    const statements = statementsOf(
      templateOf({
        ...{ centralReadSecretArn: reader, provisioning },
        ...{ centralSecretArn, encryptionKeySecretArn },
      }),
    );
    const secretsOf = (role: string) =>
      statements
        .filter((one) => one.role === role && one.actions.includes('secretsmanager:GetSecretValue'))
        .flatMap(({ resources }) =>
          resources.map((arn) => arn.replace(/^.*:secret:|-[A-Za-z?]{6}$/g, '')),
        )
        .sort();
    const admins = ['admins', 'rds!cluster-1a2b'];
    expect({
      inspect: secretsOf('OperatorsInspect'),
      resolve: secretsOf('OperatorsResolve'),
      passwords: secretsOf('OperatorsPasswords'),
      move: secretsOf('OperatorsMove'),
      repair: secretsOf('OperatorsRepair'),
      undo: secretsOf('OperatorsUndo'),
    }).toEqual({
      inspect: ['reader', 'ring'],
      resolve: ['reader', 'ring'],
      passwords: [...admins, 'central', 'ring'].sort(),
      move: ['central', 'ring'],
      repair: [...admins, 'reader', 'ring'].sort(),
      undo: [...admins, 'central', 'ring'].sort(),
    });
  });

  it('the settler: events under our name only, and words on the topic with its key', () => {
    const events = plain.filter(({ actions }) => actions.includes('events:PutEvents'));
    expect(events.map(({ role, conditions }) => ({ role, conditions }))).toEqual([
      {
        role: 'FunctionsSettleRun',
        conditions: { 'ForAllValues:StringEquals': { 'events:source': ['fanfold'] } },
      },
    ]);
    const rights = statementsOf(templateOf(fixture('everything')))
      .filter(({ role }) => role === 'FunctionsSettleRun')
      .map(({ actions, resources }) => `${actions.join(', ')} -> ${resources.join(', ')}`);
    expect(rights).toEqual(
      expect.arrayContaining([
        'events:PutEvents -> arn:aws:events:eu-west-1:123456789012:event-bus/operations',
        'sns:Publish -> arn:aws:sns:eu-west-1:123456789012:rollouts',
        'kms:Decrypt, kms:GenerateDataKey -> arn:aws:kms:eu-west-1:123456789012:key/44444444-2222-3333-4444-555555555555',
      ]),
    );
  });

  it('the state machine: its functions, its children, items and results', () => {
    const invoked = [
      ...['ListTenants', 'MigrateTenant', 'ReduceOutcomes'],
      ...['SettleRun', 'WatchDigests'],
    ];
    expect(rightsOf('Machine')).toEqual(
      [
        ...invoked.map(
          (name) => `lambda:InvokeFunction -> <MigrationsFunctions${name}Function.Arn>`,
        ),
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `kms:Decrypt, kms:GenerateDataKey -> ${DATA_KEY}`,
        `kms:GenerateDataKey -> ${DATA_KEY}`,
        'logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery -> *',
        `${WRITE} -> ${BUCKET}/runs/*`,
        `s3:GetObject -> ${BUCKET}/items/*`,
        `s3:GetObject -> ${BUCKET}/runs/*`,
        `states:DescribeExecution, states:StopExecution -> ${STATES}:execution:${MACHINE}/MigrateTenants:*`,
        `states:DescribeExecution, states:StopExecution -> ${STATES}:execution:${MACHINE}:*`,
        `states:RedriveExecution -> ${STATES}:execution:${MACHINE}/MigrateTenants:*`,
        `states:StartExecution -> ${STATES}:stateMachine:${MACHINE}`,
      ].sort(),
    );
  });
});

describe('a wildcard', () => {
  it('a wildcard is denied to the code of the functions in the VPC', () => {
    for (const role of ['FunctionsListTenants', 'FunctionsMigrateTenant']) {
      const denied = plain.filter((one) => one.role === role && one.effect === 'Deny');
      expect(denied.map(({ actions }) => actions.join(', '))).toEqual([INTERFACES]);
      expect(denied[0]?.conditions).toMatchObject({
        ArnEquals: { 'lambda:SourceFunctionArn': expect.anything() },
      });
    }
  });

  it('a wildcard is not an action in any configuration', () => {
    for (const config of [{}, fixture('existing-vpc'), fixture('everything')]) {
      const actions = statementsOf(templateOf(config)).flatMap((statement) => statement.actions);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    }
  });
});

describe('keys', () => {
  const conditions = (role: string, key: string) =>
    plain
      .filter((one) => one.role === role && one.resources.includes(key))
      .map((one) => JSON.stringify(one.conditions));

  it('keys are used for the bucket by functions, and for no other data under the same key', () => {
    for (const role of [
      ...['FunctionsListTenants', 'FunctionsReduceOutcomes'],
      ...['FunctionsSettleRun', 'FunctionsWatchDigests'],
    ]) {
      const found = conditions(role, DATA_KEY).filter(
        // The error of an execution that no state has told.
        (one) => role !== 'FunctionsSettleRun' || !one.includes('aws:states:stateMachineArn'),
      );
      expect(found).toHaveLength(1);
      expect(found[0]).toContain('kms:EncryptionContext:aws:s3:arn');
    }
  });

  it('keys of secrets are used through Secrets Manager only', () => {
    for (const role of ['FunctionsListTenants', 'FunctionsMigrateTenant']) {
      expect(conditions(role, SECRETS_KEY)).toEqual([expect.stringContaining('kms:ViaService')]);
    }
    const others = plain.filter(({ resources }) => resources.includes(SECRETS_KEY));
    expect(new Set(others.map(({ role }) => role))).toEqual(
      new Set([
        ...['FunctionsListTenants', 'FunctionsMigrateTenant', 'FunctionsWatchDigests'],
        ...['OperatorsInspect', 'OperatorsResolve', 'OperatorsPasswords', 'OperatorsMove'],
      ]),
    );
  });

  it('keys of the machine are used for the machine and its children by it alone', () => {
    const found = conditions('Machine', DATA_KEY).join('\n');
    expect(found).toContain('kms:EncryptionContext:aws:states:stateMachineArn');
    expect(found).toContain('/MigrateTenants');
    expect(found).toContain('/ProbeTenants');
  });
});

describe('listing the bucket', () => {
  it('listing the bucket is allowed by prefix, and without a prefix for a missing object', () => {
    const [list] = plain.filter(({ actions }) => actions.includes('s3:ListBucket'));
    expect(list?.conditions).toEqual({ StringLikeIfExists: { 's3:prefix': ['runs/*'] } });
  });
});

describe('roles', () => {
  it('roles are assumed by Step Functions for machines of this account, as AWS documents for a Map Run', () => {
    const { Resources } = templateOf().toJSON() as { Resources: Record<string, object> };
    const [, role] =
      Object.entries(Resources).find(([id]) => id.startsWith('MigrationsMachineRole')) ?? [];
    const { AssumeRolePolicyDocument: trust } = (role as { Properties: Record<string, unknown> })
      .Properties;
    const [statement] = (trust as { Statement: Record<string, unknown>[] }).Statement;
    const { ArnLike = {}, StringEquals } = (statement?.Condition ?? {}) as Record<string, object>;
    expect(Object.keys(ArnLike)).toEqual(['aws:SourceArn']);
    expect(flat(Object.values(ArnLike)[0])).toBe(`${STATES}:stateMachine:*`);
    expect(StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
  });
});
