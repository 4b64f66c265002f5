import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, it, vi } from 'vitest';
import { TenantMigrations, type TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { flat, resourcesOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

function synthesized({
  hasVpc = true,
  ...more
}: { hasVpc?: boolean } & Partial<TenantMigrationsProps> & {
    start?: 'automatic';
  } = {}) {
  const { start, ...props } = more;
  const stack = new Stack(new App(), 'Theirs', {
    env: { region: 'eu-west-1', account: '123456789012' },
  });
  const secret = (name: string) =>
    Secret.fromSecretCompleteArn(
      stack,
      name,
      `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf`,
    ) as ISecret;
  new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    tls: 'required',
    ...props,
    ...(hasVpc && { vpc: new Vpc(stack, 'Vpc') as IVpc }),
    onlineTask: {
      image: ContainerImage.fromRegistry('registry.example.com/fanfold-online:1.0.0'),
      centralUrlSecret: secret('central-url'),
      adminUrlSecret: secret('admin-url'),
      cpuArchitecture: CpuArchitecture.ARM64,
      start,
    },
  });
  return Template.fromStack(stack);
}

it('the task for huge tables gets its logins from secrets, and nothing else has them', () => {
  const template = synthesized();
  const [task] = resourcesOf(template, 'AWS::ECS::TaskDefinition');
  const [container] = (task?.Properties.ContainerDefinitions ?? []) as Record<string, unknown>[];
  const secrets = container?.Secrets as { Name: string; ValueFrom: unknown }[];
  expect(Object.fromEntries(secrets.map(({ Name, ValueFrom }) => [Name, flat(ValueFrom)]))).toEqual(
    {
      CENTRAL_DATABASE_URL:
        'arn:aws:secretsmanager:eu-west-1:123456789012:secret:central-url-AbCdEf',
      FANFOLD_ADMIN_URL: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-url-AbCdEf',
      DB_ENCRYPTION_KEY: expect.stringMatching(/EncryptionKey/),
    },
  );
  expect(container).toMatchObject({
    Environment: [{ Name: 'FANFOLD_TLS', Value: 'required' }],
    ReadonlyRootFilesystem: true,
    StopTimeout: 120,
    // Nothing is changed if somebody starts it without saying what to do.
    Command: ['migrate:tenant', '--help'],
  });
  expect(task?.Properties).toMatchObject({
    Family: 'Theirs-online',
    RequiresCompatibilities: ['FARGATE'],
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
  });
  expect(task?.Properties.TaskRoleArn).toBeDefined();
});

it('databases let the task in as they do the migrator, and it reaches a registry of images', () => {
  const template = synthesized();
  const [, input] =
    Object.entries(template.findOutputs('*')).find(([name]) => name.includes('OnlineInput')) ?? [];
  const text = flat(input?.Value);
  expect(text).toContain('"launchType":"FARGATE"');
  expect(text).toContain('"assignPublicIp":"DISABLED"');
  const groups = resourcesOf(template, 'AWS::EC2::SecurityGroup').map(({ id }) => id);
  const used = groups.filter((id) => text.includes(`<${id}.GroupId>`));
  expect(used).toHaveLength(2);
  expect(used.join()).toMatch(/Migrator.*Online|Online.*Migrator/);
});

it('a VPC that cannot fetch an image is refused', () => {
  expect(() => synthesized({ hasVpc: false })).toThrow(/"onlineTask" needs a "vpc" of yours/);
});

/** The statements of the state machine's role, as text. */
function rightsOfMachine(template: Template): { actions: string[]; text: string }[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(({ id }) => /Machine.*Role/.test(id))
    .flatMap(({ Properties }) => {
      const { Statement } = Properties.PolicyDocument as {
        Statement: { Action: string | string[]; Resource: unknown; Condition?: unknown }[];
      };
      return Statement.map(({ Action, Resource, Condition }) => ({
        actions: [Action].flat(),
        text: `${[Resource].flat().map(flat).join(' ')} ${JSON.stringify(Condition ?? {})}`,
      }));
    });
}

function definitionOf(template: Template): string {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  return flat(machine?.Properties.DefinitionString);
}

it('a stack whose task people start gives its runs no right to start it', () => {
  const template = synthesized();
  expect(definitionOf(template)).not.toContain('runTask');
  const all = rightsOfMachine(template).flatMap(({ actions }) => actions);
  expect(all.filter((action) => /^(ecs|iam|events):/.test(action))).toEqual([]);
  const variables = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) =>
    flat(Properties.Environment),
  );
  expect(variables.join()).not.toContain('FANFOLD_ONLINE_TASK_LOGS');
});

it('a run starts the task if the stack says so, and its role can pass two roles and run one family', () => {
  const template = synthesized({ start: 'automatic', maxHoursPerTenant: 48 });
  const definition = JSON.parse(definitionOf(template)) as {
    States: Record<string, { ItemProcessor?: { States: Record<string, unknown> } }>;
  };
  const states = definition.States.MigrateTenants?.ItemProcessor?.States;
  expect(states?.ChangeOnline).toMatchObject({
    Resource: 'arn:<AWS::Partition>:states:::ecs:runTask.sync',
    TimeoutSeconds: 48 * 3_600,
    Arguments: {
      // Without a revision, and with no setting of the container but its words.
      TaskDefinition: 'Theirs-online',
      LaunchType: 'FARGATE',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      Overrides: {
        ContainerOverrides: [{ Name: 'fanfold', Command: '{% $states.input.command %}' }],
      },
    },
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'MigrateTenant' }],
    Next: 'MigrateTenant',
  });
  const rights = rightsOfMachine(template);
  const of = (action: string) => rights.filter(({ actions }) => actions.includes(action));
  expect(of('ecs:RunTask').map(({ text }) => text)).toEqual([
    expect.stringMatching(/:task-definition\/Theirs-online:\* .*"ecs:cluster"/),
  ]);
  expect(of('ecs:StopTask').map(({ text }) => text)).toEqual([
    expect.stringMatching(/:task\/<\w*OnlineCluster\w*>\/\* /),
  ]);
  const [pass, ...others] = of('iam:PassRole');
  expect(others).toEqual([]);
  expect(pass?.text.split(' ').filter((part) => part.startsWith('<'))).toHaveLength(2);
  expect(pass?.text).toContain('"iam:PassedToService":"ecs-tasks.amazonaws.com"');
  expect(of('events:PutRule')[0]?.text).toContain(':rule/StepFunctionsGetEventsForECSTaskRule');
  const migrator = resourcesOf(template, 'AWS::Lambda::Function').find(({ id }) =>
    id.includes('MigrateTenant'),
  );
  expect(flat(migrator?.Properties.Environment)).toContain('FANFOLD_ONLINE_TASK_LOGS');
});
