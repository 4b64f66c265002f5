import { readFile } from 'node:fs/promises';
import {
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { App } from 'aws-cdk-lib';
import { Template as CdkTemplate } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, inject, it } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';
import type { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { TenantMigrationsStack } from '../../lib/tenant-migrations-stack.ts';
import { type AwsCall, LOCAL_ACCOUNT } from './support/aws-call.ts';
import { templateOf } from './support/deploy.ts';
import { MISSING_SECRET } from './support/functions.ts';
import {
  INSPECTOR,
  MOVER,
  OPERATOR,
  PASSWORD_SETTER,
  REPAIRER,
  RESOLVER,
  ROTATOR,
  SIGN_UP,
  UNDOER,
} from './support/local-aws.ts';
import { allowing, type Statement, statementsOf, type Wanted } from './support/policies.ts';
import { deployedStack } from './support/scenario.ts';
import { type Deployment, resolveIntrinsics, type Template } from './support/template.ts';
import { type Encryption, wantedOf } from './support/wanted.ts';

const { clients, executions, outputs, keys, provisionings } = deployedStack();
const { stack, environment, recording } = inject('aws');
const region = environment.AWS_REGION ?? '';

// The local endpoint enforces no policy: what the functions called in all scenarios before is held
// against the policies here.
describe.runIf(recording)('the policies', () => {
  it('the policies allow each call that the functions and the state machine made', async () => {
    const template = await templateOf(stack);
    const deployment = await describeDeployment();
    const statements = statementsOf(template, deployment);
    const encryption = encryptionOf(template, deployment);
    const used = new Set<Statement>();
    const refused = new Set<string>();
    const check = (role: string, wanted: Wanted) => {
      const by = allowing(statements, role, wanted);
      for (const statement of by) used.add(statement);
      if (by.length === 0) refused.add(`${role} may not ${wanted.action} ${wanted.resource}`);
    };

    const roles = rolesOfFunctions(template, deployment);
    const calls = (await recordedCalls()).filter(({ resources }) => !resources.some(isMadeUp));
    let checked = 0;
    for (const call of calls) {
      const role = roles.get(call.caller);
      // The CDK's own functions.
      if (role === undefined) continue;
      checked += 1;
      for (const wanted of wantedOf(call, encryption)) check(role, wanted);
    }
    expect(checked).toBeGreaterThan(100);

    for (const { role, wanted } of lambdaNeeds(template, deployment)) check(role, wanted);

    const machine = machineRole(template, 'tenant-migrations');
    for (const wanted of await stateMachineNeeds(encryption)) check(machine, wanted);
    const provisioning = machineRole(template, 'provision-tenant');
    for (const wanted of await provisioningNeeds(encryption)) check(provisioning, wanted);
    const schedule = scheduleRole(template);
    if (schedule !== undefined) {
      const resource = outputs.StateMachineArn ?? '';
      check(schedule, { action: 'states:StartExecution', resource, context: {} });
      for (const wanted of deadLetterNeeds(template, deployment)) check(schedule, wanted);
    }
    expect([...refused]).toEqual([]);

    const ours = new Set([
      ...roles.values(),
      machine,
      provisioning,
      ...(schedule ? [schedule] : []),
    ]);
    const idle = statements.filter((one) => ours.has(one.role) && !used.has(one));
    for (const { role, effect, actions, resources } of idle) {
      say(`Never used: ${role}: ${effect} ${actions.join(', ')} on ${resources.join(', ')}`);
    }
  });
});

type Grant = (migrations: TenantMigrations, grantee: Role) => void;

/** A stack like the deployed one, with a role that was granted something. */
function templateWith(grant: Grant): Template {
  const copy = new TenantMigrationsStack(new App(), stack.stackName, {
    config: parseConfig(stack.config),
  });
  grant(copy.migrations, new Role(copy, 'Somebody', { assumedBy: new AccountRootPrincipal() }));
  return CdkTemplate.fromStack(copy).toJSON() as Template;
}

/** A secret that a scenario names and that there is not. */
function isMadeUp(resource: string): boolean {
  return resource.includes(MISSING_SECRET);
}

async function recordedCalls(): Promise<AwsCall[]> {
  const lines = (await readFile(recording?.calls ?? '', 'utf8')).trimEnd().split('\n');
  const calls = lines.map((line): AwsCall | { unread: string } => JSON.parse(line));
  const unread = calls.flatMap((call) => ('unread' in call ? [call.unread] : []));
  expect([...new Set(unread)]).toEqual([]);
  return calls.filter((call): call is AwsCall => 'action' in call);
}

describe.runIf(recording)('the rights of somebody who was granted', () => {
  const grants: [string, string, number, Grant][] = [
    ['to operate', OPERATOR, 20, (migrations, role) => migrations.grantOperate(role)],
    ['to provision', SIGN_UP, 5, (migrations, role) => migrations.grantProvision(role)],
    ['to inspect', INSPECTOR, 5, (migrations, role) => migrations.grantInspect(role)],
    ['to resolve', RESOLVER, 5, (migrations, role) => migrations.grantResolve(role)],
    [
      'to set passwords',
      PASSWORD_SETTER,
      5,
      (migrations, role) => migrations.grantSetPasswords(role),
    ],
    ['to move', MOVER, 2, (migrations, role) => migrations.grantMoveTenants(role)],
    ['to repair', REPAIRER, 2, (migrations, role) => migrations.grantRepair(role)],
    ['to undo', UNDOER, 2, (migrations, role) => migrations.grantUndoProvisioning(role)],
    ['to rotate keys', ROTATOR, 20, (migrations, role) => migrations.grantRotateKeys(role)],
  ];
  it.each(grants)('%s allow each call that the command line made', async (_, who, least, grant) => {
    const template = templateWith(grant);
    const deployment = await describeDeployment();
    const statements = statementsOf(template, deployment);
    const [role = ''] = Object.keys(template.Resources).filter((id) => /^Somebody/.test(id));
    const calls = (await recordedCalls()).filter(({ caller }) => caller === who);
    expect(calls.length).toBeGreaterThan(least);
    const encryption = encryptionOf(template, deployment);
    const refused = calls
      .flatMap((call) => wantedOf(call, encryption))
      .filter((wanted) => allowing(statements, role, wanted).length === 0)
      .map(({ action, resource }) => `${action} ${resource}`);
    expect([...new Set(refused)]).toEqual([]);
  });
});

async function describeDeployment(): Promise<Deployment> {
  const { stackName } = stack;
  const { cloudFormation } = clients;
  const about = { StackName: stackName };
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand(about),
  );
  const { Stacks: [described] = [] } = await cloudFormation.send(new DescribeStacksCommand(about));
  return {
    ...{ account: LOCAL_ACCOUNT, region, stackName, stackId: described?.StackId ?? '' },
    physicalIds: new Map(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    ),
    parameters: new Map(
      (described?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
        ParameterKey,
        ParameterValue,
      ]),
    ),
  };
}

/** Logical ids of the roles by the functions' names. */
function rolesOfFunctions(template: Template, { physicalIds }: Deployment): Map<string, string> {
  const roles = new Map<string, string>();
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const name = physicalIds.get(id);
    const isOurs =
      /-(list-tenants|migrate-tenant|reduce-outcomes|settle-run|on-deploy|provision-tenant|inspect-tenants|resolve-tenant|set-passwords|move-tenants|repair-tenants|undo-provisioning)/;
    if (Type !== 'AWS::Lambda::Function' || name === undefined || !isOurs.test(name)) continue;
    roles.set(name, logicalIdOf(Properties.Role));
  }
  return roles;
}

/** Calls that Lambda itself makes under a function's role: it writes the log, and makes interfaces in a VPC. */
function lambdaNeeds(template: Template, deployment: Deployment) {
  const needs: { role: string; wanted: Wanted }[] = [];
  for (const { Type, Properties = {} } of Object.values(template.Resources)) {
    const { LogGroup } = (Properties.LoggingConfig ?? {}) as { LogGroup?: unknown };
    if (Type !== 'AWS::Lambda::Function' || LogGroup === undefined) continue;
    const role = logicalIdOf(Properties.Role);
    // A policy of AWS's, as the CDK's own functions have it, is not in the template.
    if (template.Resources[role]?.Properties?.ManagedPolicyArns !== undefined) continue;
    const group = resolveIntrinsics(LogGroup, template, deployment);
    const stream = `arn:aws:logs:${region}:${LOCAL_ACCOUNT}:log-group:${group}:log-stream:one`;
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      needs.push({ role, wanted: { action, resource: stream, context: {} } });
    }
    if (Properties.VpcConfig === undefined) continue;
    for (const name of ['CreateNetworkInterface', 'DescribeSubnets', 'DeleteNetworkInterface']) {
      needs.push({ role, wanted: { action: `ec2:${name}`, resource: '*', context: {} } });
    }
  }
  return needs;
}

/** Calls of the schedule if an execution could not be started. */
function deadLetterNeeds(template: Template, deployment: Deployment): Wanted[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (Type !== 'AWS::SQS::Queue') return [];
    const at = (value: unknown) => String(resolveIntrinsics(value, template, deployment));
    const queue = at({ 'Fn::GetAtt': [id, 'Arn'] });
    const context = { 'kms:EncryptionContext:aws:sqs:arn': queue };
    return [
      { action: 'sqs:SendMessage', resource: queue, context: {} },
      ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
        action,
        resource: at(Properties.KmsMasterKeyId),
        context,
      })),
    ];
  });
}

/** Role of the state machine whose name ends like this. */
function machineRole(template: Template, name: string): string {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties = {} }) =>
      Type === 'AWS::StepFunctions::StateMachine' &&
      String(Properties.StateMachineName).endsWith(name),
  );
  return logicalIdOf(found?.Properties?.RoleArn);
}

function scheduleRole(template: Template): string | undefined {
  const found = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::Scheduler::Schedule',
  );
  const target = found?.Properties?.Target as { RoleArn?: unknown } | undefined;
  return target?.RoleArn === undefined ? undefined : logicalIdOf(target.RoleArn);
}

function logicalIdOf(value: unknown): string {
  const [id = ''] = (value as { 'Fn::GetAtt'?: string[] } | undefined)?.['Fn::GetAtt'] ?? [];
  if (id === '') throw new Error(`No role of the template: ${JSON.stringify(value)}`);
  return id;
}

function encryptionOf(template: Template, deployment: Deployment): Encryption {
  const keysOf = (type: string, keyOf: (properties: Record<string, unknown>) => unknown) => {
    const found = new Map<string, string>();
    for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
      if (Type !== type) continue;
      const arn = resolveIntrinsics({ 'Fn::GetAtt': [id, 'Arn'] }, template, deployment);
      const key = keyOf(Properties);
      if (key !== undefined) {
        found.set(String(arn), String(resolveIntrinsics(key, template, deployment)));
      }
    }
    return found;
  };
  const machines = keysOf(
    'AWS::StepFunctions::StateMachine',
    ({ EncryptionConfiguration: at }) => (at as { KmsKeyId?: unknown } | undefined)?.KmsKeyId,
  );
  return {
    region,
    executionsKey: [...machines.values()][0] ?? '',
    secretKeys: keysOf('AWS::SecretsManager::Secret', ({ KmsKeyId }) => KmsKeyId),
    bucketKeys: keysOf('AWS::S3::Bucket', ({ BucketEncryption }) => {
      const { ServerSideEncryptionConfiguration: rules = [] } = (BucketEncryption ?? {}) as {
        ServerSideEncryptionConfiguration?: {
          ServerSideEncryptionByDefault?: { KMSMasterKeyID?: unknown };
        }[];
      };
      return rules[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID;
    }),
  };
}

/**
 * Calls of Step Functions under the machine's role, which the proxy does not see: taken from the
 * executions' histories, the objects that it wrote, and what the documentation asks of the role of a
 * Distributed Map, of a machine with a key of its own, and of one that logs.
 */
async function stateMachineNeeds(encryption: Encryption): Promise<Wanted[]> {
  const machine = outputs.StateMachineArn ?? '';
  const bucket = `arn:aws:s3:::${outputs.RunBucketName}`;
  const needs: Wanted[] = [];
  const need = (action: string, resource: string, context = {}) =>
    needs.push(...wantedOf({ action, resources: [resource], context, status: 200 }, encryption));
  for (const arn of (await executions.list()).slice(0, 20)) {
    for (const { taskScheduledEventDetails: task } of await executions.history(arn)) {
      if (task !== undefined) {
        need('lambda:InvokeFunction', JSON.parse(task.parameters ?? '{}').FunctionName);
      }
    }
    for (const mapRun of await executions.mapRuns(arn)) {
      const [child] = await executions.children(mapRun);
      if (child === undefined) continue;
      for (const action of ['DescribeExecution', 'StopExecution', 'RedriveExecution']) {
        need(`states:${action}`, child.arn);
      }
      for (const { taskScheduledEventDetails: task } of await executions.history(child.arn)) {
        if (task !== undefined) {
          need('lambda:InvokeFunction', JSON.parse(task.parameters ?? '{}').FunctionName);
        }
      }
    }
  }
  const results = (await keys('runs/')).filter((key) => /\/results\/.*\/(?:map|probe)\//.test(key));
  expect(results.length).toBeGreaterThan(20);
  for (const key of results) {
    // Large files go up in parts; the manifest of a redriven Map Run is read again.
    for (const action of ['PutObject', 'GetObject', 'AbortMultipartUpload']) {
      need(`s3:${action}`, `${bucket}/${key}`);
    }
    need('s3:ListMultipartUploadParts', `${bucket}/${key}`);
  }
  const items = (await recordedCalls()).filter(
    ({ action, resources: [object = ''] }) =>
      action === 's3:PutObject' && object.includes('/items/'),
  );
  expect(items.length).toBeGreaterThan(20);
  for (const { resources } of items) need('s3:GetObject', resources[0] ?? '');
  need('states:StartExecution', machine);
  needs.push(...logNeeds());
  for (const arn of [machine, `${machine}/MigrateTenants`, `${machine}/ProbeTenants`]) {
    needs.push(...dataNeeds(arn, encryption));
  }
  return needs;
}

/** The same of ProvisionTenant. */
async function provisioningNeeds(encryption: Encryption): Promise<Wanted[]> {
  const invoked = new Set<string>();
  for (const arn of (await provisionings.list()).slice(0, 20)) {
    for (const { taskScheduledEventDetails: task } of await provisionings.history(arn)) {
      if (task !== undefined) invoked.add(JSON.parse(task.parameters ?? '{}').FunctionName);
    }
  }
  expect(invoked.size).toBe(1);
  const calls = [...invoked].map((resource) => ({
    action: 'lambda:InvokeFunction',
    resource,
    context: {},
  }));
  return [...calls, ...logNeeds(), ...dataNeeds(outputs.ProvisionMachineArn ?? '', encryption)];
}

function logNeeds(): Wanted[] {
  return [
    ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery'],
    ...['ListLogDeliveries', 'PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'],
  ].map((name) => ({ action: `logs:${name}`, resource: '*', context: {} }));
}

function dataNeeds(machine: string, { executionsKey }: Encryption): Wanted[] {
  const context = { 'kms:EncryptionContext:aws:states:stateMachineArn': machine };
  return ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
    action,
    resource: executionsKey,
    context,
  }));
}

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}
