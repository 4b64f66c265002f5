import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import { RUNBOOK_SECTIONS } from '../../lib/migrations-alarms.ts';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { ENVIRONMENT } from '../../src/core/wire/environment.ts';
import { STACK_OUTPUTS } from '../../src/core/wire/stack-outputs.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { FAKE_HASH } from './support/fake-bundles.ts';
import {
  construct,
  deployedDefinition,
  fixture,
  flat,
  type Resource,
  resourcesOf,
  templateOf,
} from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const plain = templateOf();
const everything = templateOf(fixture('everything'));

interface Metric {
  readonly Dimensions: readonly { readonly Value: unknown }[];
}

function names(template: Template): string[] {
  const keys = ['FunctionName', 'StateMachineName', 'AlarmName', 'AliasName', 'LogGroupName'];
  return resourcesOf(template).flatMap(({ Type, Properties }) =>
    [...keys, Type === 'AWS::Scheduler::Schedule' ? 'Name' : '']
      .map((key) => Properties[key])
      .filter((name) => name !== undefined)
      .map(flat)
      // Another resource's name or ARN.
      .filter((name) => !/^<\w+(\.Arn)?>$/.test(name)),
  );
}

function functionNamed(template: Template, name: string): Resource {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.FunctionName === name,
  );
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found;
}

function environmentOf(template: Template, name: string): string[] {
  const { Environment } = functionNamed(template, name).Properties;
  const { [ENVIRONMENT.stack]: _, ...own } =
    (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
  return Object.keys(own).sort();
}

/** The names of the stack that the functions of a template were told. */
function stacksToldIn(template: Template): unknown[] {
  const told = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName !== undefined)
    .map(({ Properties }) => {
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
      return (Variables as Record<string, unknown>)[ENVIRONMENT.stack];
    });
  return [...new Set(told)].sort();
}

const ours = ['list-tenants', 'migrate-tenant', 'reduce-outcomes', 'settle-run', 'watch-digests'];
const ADMIN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf';

describe('the functions', () => {
  it('the functions run on arm64 with Node 24, named after the stack, without reserved concurrency', () => {
    for (const name of ours) {
      expect(functionNamed(plain, `Fanfold-${name}`).Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: 900,
        Handler: 'index.handler',
      });
    }
    expect(JSON.stringify(plain.toJSON())).not.toContain('ReservedConcurrentExecutions');
    expect(functionNamed(everything, 'Everything-migrate-tenant').Properties).toMatchObject({
      ReservedConcurrentExecutions: 100,
    });
  });

  it('the functions are in the VPC only if they reach databases', () => {
    const inVpc = (name: string) =>
      functionNamed(plain, `Fanfold-${name}`).Properties.VpcConfig !== undefined;
    expect(ours.filter(inVpc)).toEqual(['list-tenants', 'migrate-tenant', 'watch-digests']);
  });

  it('the functions have the variables that their work needs, and no others', () => {
    const { runBucket, centralSecretArn, keySecretArn, stateMachineArn, eventBus } = ENVIRONMENT;
    expect(environmentOf(plain, 'Fanfold-list-tenants')).toEqual([centralSecretArn, runBucket]);
    expect(environmentOf(plain, 'Fanfold-migrate-tenant')).toEqual([keySecretArn, runBucket]);
    expect(environmentOf(plain, 'Fanfold-reduce-outcomes')).toEqual([runBucket]);
    expect(environmentOf(plain, 'Fanfold-watch-digests')).toEqual([
      centralSecretArn,
      keySecretArn,
      runBucket,
    ]);
    expect(environmentOf(plain, 'Fanfold-settle-run')).toEqual([
      eventBus,
      runBucket,
      stateMachineArn,
    ]);
    expect(environmentOf(everything, 'Everything-settle-run')).toContain(
      ENVIRONMENT.requestDefaults,
    );
    expect(environmentOf(everything, 'Everything-migrate-tenant')).toEqual(
      [
        ...[ENVIRONMENT.maxHoursPerTenant, ENVIRONMENT.tableName, ENVIRONMENT.tls],
        ...[keySecretArn, runBucket],
      ].sort(),
    );
  });

  it('the functions are told the name that --aws takes, for the commands in their texts', () => {
    expect(stacksToldIn(plain)).toEqual(['Fanfold']);
    expect(stacksToldIn(everything)).toEqual(['Everything']);
  });

  it('the functions are invoked by ARNs without a version: a corrected one reaches a redriven run', () => {
    const definition = JSON.stringify(deployedDefinition(plain));
    const invoked = [...definition.matchAll(/"FunctionName":"([^"]+)"/g)].map(([, arn]) => arn);
    expect(invoked).toHaveLength(15);
    for (const arn of invoked) expect(arn).toMatch(/^<\w+\.Arn>$/);
  });

  it('the functions are created after the whole policy of their roles', () => {
    const { DependsOn = [] } = functionNamed(plain, 'Fanfold-migrate-tenant');
    expect(DependsOn.some((id) => id.includes('RoleDefaultPolicy'))).toBe(true);
  });
});

describe('encryption', () => {
  const key = (value: unknown) => expect(flat(value)).toMatch(/^<\w*Keys\w+Key\w*\.Arn>$/);

  it('encryption has two rotating keys; that of the secrets is retained when the stack is deleted', () => {
    const keys = resourcesOf(plain, 'AWS::KMS::Key');
    expect(keys).toHaveLength(2);
    for (const { Properties } of keys) expect(Properties.EnableKeyRotation).toBe(true);
    const destroyed = templateOf({ removalPolicy: 'destroy' });
    const policies = resourcesOf(destroyed, 'AWS::KMS::Key').map(
      ({ id, DeletionPolicy }) =>
        `${id.includes('SecretsKey') ? 'secrets' : 'data'}: ${DeletionPolicy}`,
    );
    expect(policies.sort()).toEqual(['data: Delete', 'secrets: Retain']);
    for (const { DeletionPolicy } of resourcesOf(destroyed, 'AWS::SecretsManager::Secret')) {
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('a customer key encrypts the bucket, state machine, logs, secrets and dead letters', () => {
    const withSchedule = templateOf({ schedule: { expression: 'rate(1 day)' } });
    const [bucket] = resourcesOf(withSchedule, 'AWS::S3::Bucket');
    expect(bucket?.Properties.BucketEncryption).toMatchObject({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: expect.anything(),
          },
        },
      ],
    });
    const [machine] = resourcesOf(withSchedule, 'AWS::StepFunctions::StateMachine');
    expect(machine?.Properties.EncryptionConfiguration).toMatchObject({
      Type: 'CUSTOMER_MANAGED_KMS_KEY',
    });
    for (const { Properties } of [
      ...resourcesOf(withSchedule, 'AWS::Logs::LogGroup'),
      ...resourcesOf(withSchedule, 'AWS::SecretsManager::Secret'),
    ]) {
      key(Properties.KmsKeyId);
    }
    for (const { Properties } of resourcesOf(withSchedule, 'AWS::SQS::Queue')) {
      key(Properties.KmsMasterKeyId);
    }
  });

  it('encrypted log groups expire, also those of the on-deploy framework', () => {
    const groups = resourcesOf(everything, 'AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(6);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
  });

  it('the template contains no secret', () => {
    for (const { Properties } of resourcesOf(plain, 'AWS::SecretsManager::Secret')) {
      expect(Properties.SecretString).toBeUndefined();
      const { SecretStringTemplate = '{}' } = Properties.GenerateSecretString as {
        SecretStringTemplate?: string;
      };
      expect(Object.keys(JSON.parse(SecretStringTemplate))).not.toContain('password');
    }
    for (const template of [plain, everything]) {
      expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:secretsmanager');
    }
  });

  it('encryption generates a key of 32 characters of one byte each', () => {
    plain.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: {
        PasswordLength: 32,
        ExcludePunctuation: true,
        IncludeSpace: false,
        GenerateStringKey: Match.absent(),
      },
    });
  });

  it('encryption creates neither secrets nor their key if they are given', () => {
    everything.resourceCountIs('AWS::SecretsManager::Secret', 0);
    everything.resourceCountIs('AWS::KMS::Key', 1);
  });
});

describe('the bucket', () => {
  it('the bucket requires TLS, is closed to the public and has expirations', () => {
    plain.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'items/', ExpirationInDays: 15 }),
          Match.objectLike({ Prefix: 'runs/', ExpirationInDays: 400 }),
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
        ]),
      },
    });
    plain.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it('the bucket is kept by default, and emptied if it is to be deleted', () => {
    expect(resourcesOf(plain, 'AWS::S3::Bucket')[0]?.DeletionPolicy).toBe('Retain');
    plain.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
    everything.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});

describe('the state machine', () => {
  it('the state machine logs every event and no data, and has a name', () => {
    plain.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'Fanfold-tenant-migrations',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
  });

  it('the state machine reads items from the bucket and writes results to it', () => {
    const { MigrateTenants } = deployedDefinition(plain).States as Record<string, object>;
    const Bucket = expect.stringMatching(/^<\w+RunBucket\w*>$/);
    expect(MigrateTenants).toMatchObject({
      ItemReader: { Arguments: { Bucket } },
      ResultWriter: { Arguments: { Bucket }, WriterConfig: { OutputType: 'JSONL' } },
    });
  });
});

describe('names', () => {
  it('names of two stacks differ', () => {
    const config = { schedule: { expression: 'rate(1 day)' }, onDeploy: { mode: 'wait' } };
    const first = names(templateOf({ ...config, stackName: 'Cell-1' }));
    const second = names(templateOf({ ...config, stackName: 'Cell-2' }));
    expect(first.length).toBeGreaterThan(20);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
    expect(new Set(first).size).toBe(first.length);
  });

  it('names of two constructs in one stack differ by their prefix', () => {
    const { stack } = construct({ prefix: 'one' });
    new TenantMigrations(stack, 'Other', {
      migrationsFolder: 'demo/migrations',
      prefix: 'two-b',
      schedule: { expression: 'rate(1 day)' },
    });
    const template = Template.fromStack(stack);
    const all = names(template);
    expect(new Set(all).size).toBe(all.length);
    expect(stacksToldIn(template)).toEqual(['Theirs/one', 'Theirs/two-b']);
    const { Outputs } = template.toJSON() as { Outputs: Record<string, { Value: unknown }> };
    const machine = STACK_OUTPUTS.stateMachineArn;
    expect(flat(Outputs[machine]?.Value)).toMatch(/^<MigrationsMachine/);
    expect(flat(Outputs[`${machine}twob`]?.Value)).toMatch(/^<OtherMachine/);
  });

  it.each([
    ['a-b', 'ab'],
    ['Fleet', 'fleet'],
  ])(
    'names of two constructs in one stack are refused if %s and %s give outputs or buckets the same name',
    (one, other) => {
      const { stack } = construct({ prefix: one });
      expect(() => new TenantMigrations(stack, 'Other', { prefix: other })).toThrow(
        `begin their names with "${other}" and "${one}", whose outputs would be the same.`,
      );
    },
  );

  it('an address of the central database has a port', () => {
    expect(() => construct({ centralDatabase: { port: 70_000 } })).toThrow(
      '"centralDatabase.port" is 70000; it must be a whole number from 1 to 65535.',
    );
  });

  it('names of two constructs in one stack are refused if they would be the same', () => {
    const { stack } = construct();
    const props = { migrationsFolder: 'demo/migrations' };
    expect(thrownBy(() => new TenantMigrations(stack, 'Other', props))).toMatchObject({
      message:
        'Theirs/Other and Theirs/Migrations both begin their names with "Theirs". Give one of them another "prefix".',
    });
  });

  it('names that would be too long are refused', () => {
    expect(thrownBy(() => construct({}, 'A'.repeat(41)))).toMatchObject({
      message: expect.stringMatching(/"A{41}"; it must be 1 to 40 letters/),
    });
  });

  it('names of outputs are those that the command line reads', () => {
    const outputsOf = (template: typeof plain) =>
      template.toJSON().Outputs as Record<string, { Value: unknown }>;
    const Outputs = outputsOf(plain);
    const all = Object.values(STACK_OUTPUTS).sort();
    // The output of a stack with evidence is seen in test/aws/gate.scenarios.ts.
    const withoutEvidence = all.filter((key) => key !== STACK_OUTPUTS.requiresRehearsal);
    expect(Object.keys(outputsOf(everything)).sort()).toEqual(withoutEvidence);
    // Without provisioning there is no such machine, and a secret may have the whole address.
    const optional: string[] = [
      ...[
        STACK_OUTPUTS.provisionMachineArn,
        STACK_OUTPUTS.refillMachineArn,
        STACK_OUTPUTS.centralDatabase,
      ],
      ...[STACK_OUTPUTS.repairFunctionName, STACK_OUTPUTS.undoFunctionName],
      STACK_OUTPUTS.requiresRehearsal,
    ];
    expect(Object.keys(Outputs).sort()).toEqual(all.filter((key) => !optional.includes(key)));
    expect(Outputs.BundleHash?.Value).toBe(FAKE_HASH);
  });
});

describe('the schedule', () => {
  const schedule = () => resourcesOf(everything, 'AWS::Scheduler::Schedule')[0]?.Properties;
  const target = () => schedule()?.Target as Record<string, unknown>;

  it('the schedule is absent unless it is requested', () => {
    plain.resourceCountIs('AWS::Scheduler::Schedule', 0);
    plain.resourceCountIs('AWS::SQS::Queue', 0);
  });

  it('the schedule starts an execution in its time zone, named by the schedule, beside no other', () => {
    expect(schedule()).toMatchObject({
      Name: 'Everything',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    expect(flat(target().Arn)).toBe('arn:<AWS::Partition>:scheduler:::aws-sdk:sfn:startExecution');
    const input = JSON.parse(flat(target().Input));
    expect(input).toMatchObject({ Name: 'schedule-<aws.scheduler.execution-id>' });
    expect(JSON.parse(input.Input)).toEqual({ ifRunning: 'skip', toleratedFailurePercentage: 5 });
  });

  it('the schedule puts a failed start into a queue', () => {
    expect(flat((target().DeadLetterConfig as { Arn: unknown }).Arn)).toMatch(/DeadLetters/);
    everything.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
  });

  it('the schedule names the problem in its request', () => {
    const wrong = (request: Record<string, unknown>) =>
      thrownBy(() => construct({ schedule: { expression: 'rate(1 day)', request } }));
    expect(wrong({ maxConcurrency: 0 })).toMatchObject({
      name: 'RequestInvalid',
      message: expect.stringContaining('In "schedule.request": "maxConcurrency" is 0'),
    });
    expect(wrong({ command: 'rollback' })).toMatchObject({
      message: expect.stringContaining('A rollback is started by hand'),
    });
    expect(wrong({ retryOf: 'run-1' })).toMatchObject({
      message: expect.stringContaining('In "schedule.request": "retryOf" is "run-1"'),
    });
  });
});

describe('on deploy', () => {
  const runOf = (template: Template) =>
    resourcesOf(template, 'Custom::TenantMigrationsRun')[0] as Resource;
  const stacks = {
    start: templateOf({ onDeploy: { mode: 'start' } }),
    wait: templateOf({ onDeploy: { mode: 'wait', timeoutMinutes: 40 } }),
  };

  it('a run on deploy is off by default', () => {
    plain.resourceCountIs('Custom::TenantMigrationsRun', 0);
    expect(JSON.stringify(plain.toJSON())).not.toContain('on-deploy');
  });

  it('a run on deploy has the hash of the bundle, so that it changes with the migrations', () => {
    expect(runOf(stacks.start).Properties).toMatchObject({
      bundleHash: FAKE_HASH,
      bundleHashOutput: 'BundleHash',
      mode: 'start',
      runOnCreate: 'false',
      request: '{}',
    });
  });

  it('a run on deploy checks whether a run has ended only if the deployment waits for it', () => {
    const handlers = (template: Template) =>
      resourcesOf(template, 'AWS::Lambda::Function')
        .map(({ Properties }) => Properties.Handler)
        .filter((handler) => handler === 'index.onEvent' || handler === 'index.isComplete');
    expect(handlers(stacks.start)).toEqual(['index.onEvent']);
    expect(handlers(stacks.wait)).toEqual(['index.onEvent', 'index.isComplete']);
    expect(runOf(stacks.wait).Properties).toMatchObject({
      timeoutMinutes: '40',
      // Longer than the handler waits, which then says what to do.
      ServiceTimeout: String(43 * 60),
    });
  });

  it('a run on deploy comes after all resources that a run needs', () => {
    const { DependsOn = [] } = runOf(stacks.start);
    const needed = resourcesOf(stacks.start).filter(({ Type, id }) =>
      ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine', 'AWS::IAM::Policy'].includes(
        Type,
      )
        ? !id.includes('OnDeploy')
        : false,
    );
    expect(needed.length).toBeGreaterThan(8);
    expect(needed.map(({ id }) => id).filter((id) => !DependsOn.includes(id))).toEqual([]);
  });

  it('a run on deploy refuses to wait longer than CloudFormation does', () => {
    const waiting = (timeout: Duration) =>
      thrownBy(() => construct({ onDeploy: { mode: 'wait', timeout } }));
    expect(waiting(Duration.minutes(56))).toMatchObject({
      message: expect.stringContaining('is 56 minutes; it must be a whole number from 1 to 55'),
    });
    expect(waiting(Duration.seconds(90))).toMatchObject({
      message: expect.stringContaining('is 1.5 minutes'),
    });
  });
});

describe('the alarms', () => {
  it('each lead to their section of the runbook', () => {
    const alarms = resourcesOf(everything, 'AWS::CloudWatch::Alarm').map(
      ({ Properties }) => Properties,
    );
    expect(alarms).toHaveLength(Object.keys(RUNBOOK_SECTIONS).length);
    for (const section of Object.values(RUNBOOK_SECTIONS)) {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === `Everything-${section}`);
      expect(alarm?.AlarmDescription).toContain(`https://example.com/runbook#${section}`);
      expect(alarm?.TreatMissingData).toBe('notBreaching');
      const topic = ['arn:aws:sns:eu-west-1:123456789012:alarms'];
      expect(alarm?.AlarmActions).toEqual(topic);
      expect(alarm?.OKActions).toEqual(topic);
    }
  });

  it('the alarm about throttled transitions watches the tenants, whose metrics have the labelled ARN', () => {
    const alarm = resourcesOf(plain, 'AWS::CloudWatch::Alarm').find(({ Properties }) =>
      String(Properties.AlarmName).endsWith(RUNBOOK_SECTIONS.startsThrottled),
    );
    const queries = alarm?.Properties.Metrics as { MetricStat?: { Metric: Metric } }[];
    const machines = queries.flatMap(({ MetricStat }) =>
      MetricStat === undefined ? [] : MetricStat.Metric.Dimensions.map(({ Value }) => flat(Value)),
    );
    expect(machines).toEqual([
      expect.stringMatching(/^<MigrationsMachineStateMachine\w+>$/),
      expect.stringMatching(/^<MigrationsMachineStateMachine\w+>\/MigrateTenants$/),
    ]);
    expect(JSON.stringify(queries)).toContain('ExecutionThrottled');
    expect(JSON.stringify(queries)).toContain('FILL(runs, 0) + FILL(tenants, 0)');
  });

  it('watch a queue and provisioning only if they exist', () => {
    plain.resourceCountIs('AWS::CloudWatch::Alarm', Object.keys(RUNBOOK_SECTIONS).length - 3);
  });
});

describe('in somebody else’s stack', () => {
  it('a construct in another stack exposes its resources for the stack around it', () => {
    const { stack, migrations } = construct();
    expect(Stack.of(migrations)).toBe(stack);
    expect(migrations.bundleHash).toBe(FAKE_HASH);
    expect(migrations.securityGroups).toHaveLength(2);
    expect(migrations.stateMachine.stateMachineArn).toBeDefined();
    expect(migrations.connections.securityGroups).toEqual(migrations.securityGroups);
    expect(Object.keys(migrations.alarms).sort()).toEqual(
      Object.keys(RUNBOOK_SECTIONS)
        .filter((name) => !['scheduleFailed', 'provisioningFailed', 'poolNotFilled'].includes(name))
        .sort(),
    );
    expect(Object.keys(migrations.functions)).toHaveLength(5);
    expect(stack.resolve(migrations.metricTenantsFailed().toMetricConfig())).toMatchObject({
      metricStat: {
        namespace: 'Fanfold',
        metricName: 'TenantsFailed',
        statistic: 'Maximum',
        dimensions: [
          { name: 'service', value: 'runs' },
          { name: 'stateMachine', value: 'Theirs-tenant-migrations' },
        ],
      },
    });
    expect(migrations.metricRunsFailed().metricName).toBe('ExecutionsFailed');
  });

  it('a construct in another stack takes memory, architecture, time limit, boundary and log retention', () => {
    const { stack } = construct({
      memory: { migrateTenant: 1_024, provisionTenant: 2_048 },
      architecture: Architecture.X86_64,
      functionTimeout: Duration.minutes(10),
      logRetention: RetentionDays.ONE_WEEK,
      permissionsBoundary: ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'),
      onDeploy: { mode: 'start' },
      provisioning: {
        adminSecrets: [{ secret: Secret.fromSecretCompleteArn(new Stack(), 'S', ADMIN) }],
      },
    });
    const template = Template.fromStack(stack);
    const memory = (name: string) =>
      functionNamed(template, `Theirs-${name}`).Properties.MemorySize;
    expect(['migrate-tenant', 'provision-tenant', 'list-tenants'].map(memory)).toEqual([
      1_024, 2_048, 1_769,
    ]);
    for (const name of [...ours, 'provision-tenant']) {
      expect(functionNamed(template, `Theirs-${name}`).Properties).toMatchObject({
        Architectures: ['x86_64'],
        Timeout: 600,
      });
    }
    expect(functionNamed(template, 'Theirs-on-deploy').Properties.Architectures).toEqual([
      'x86_64',
    ]);
    const { States } = deployedDefinition(template) as { States: Record<string, object> };
    expect(States.ListTenants).toMatchObject({ TimeoutSeconds: 660 });
    for (const { Properties } of resourcesOf(template, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(7);
    }
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(6);
    for (const { Properties } of roles) {
      expect(flat(Properties.PermissionsBoundary)).toContain('PowerUserAccess');
    }
  });

  it('a construct in another stack takes the same from cdk.json', () => {
    const template = templateOf({
      memory: { listTenants: 3_008 },
      architecture: 'x86_64',
      functionTimeoutMinutes: 5,
      logRetentionDays: 30,
      permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
      runBucketAccessLogsBucket: 'access-logs',
    });
    expect(functionNamed(template, 'Fanfold-list-tenants').Properties).toMatchObject({
      MemorySize: 3_008,
      Architectures: ['x86_64'],
      Timeout: 300,
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: { DestinationBucketName: 'access-logs' },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.allResourcesProperties('AWS::IAM::Role', {
      PermissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
    });
  });

  it('a construct in another stack refuses memory and time that no function can have', () => {
    expect(() => construct({ memory: { migrateTenant: 64 } })).toThrow(
      'The memory of Theirs-migrate-tenant is 64 MB; it must be a whole number from 128 to 10,240.',
    );
    expect(() => construct({ functionTimeout: Duration.minutes(20) })).toThrow(
      '"functionTimeout" is 20 minutes; it must be 2 to 15',
    );
  });
});
