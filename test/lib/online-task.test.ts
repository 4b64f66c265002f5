import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, it, vi } from 'vitest';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { flat, resourcesOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

function synthesized(hasVpc = true) {
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
    ...(hasVpc && { vpc: new Vpc(stack, 'Vpc') as IVpc }),
    onlineTask: {
      image: ContainerImage.fromRegistry('registry.example.com/fanfold-online:1.0.0'),
      centralUrlSecret: secret('central-url'),
      adminUrlSecret: secret('admin-url'),
      cpuArchitecture: CpuArchitecture.ARM64,
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
  expect(() => synthesized(false)).toThrow(/"onlineTask" needs a "vpc" of yours/);
});
