import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, it, vi } from 'vitest';
import { TenantMigrations, type TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { ENVIRONMENT } from '../../src/core/wire/environment.ts';
import { resourcesOf } from './support/synthesized.ts';

const bundled = vi.hoisted(() => ({
  requiresRehearsal: true,
  shapeHostsByPassword: [] as string[],
}));
vi.mock('../../lib/bundle-lambdas.ts', async () => {
  const { bundleLambdas } = await import('./support/fake-bundles.ts');
  const made = () => {
    const bundles = bundleLambdas();
    return { ...bundles, config: { ...bundles.config, ...bundled } };
  };
  return { bundleLambdas: made };
});

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reader-AbCdEf';

function stackWith(props: (secret: ISecret) => Partial<TenantMigrationsProps>): Stack {
  const stack = new Stack(new App(), 'Theirs');
  const secret = Secret.fromSecretCompleteArn(stack, 'Reader', ARN);
  new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    ...props(secret),
  });
  return stack;
}

it('logins that read shapes are given to the migrator, which alone may read them', () => {
  const template = Template.fromStack(
    stackWith((secret) => ({ shapeSecrets: [{ secret, server: 'db1:3306' }] })),
  );
  const [told] = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName === 'Theirs-migrate-tenant')
    .map(({ Properties }) => Properties.Environment as { Variables: Record<string, string> });
  expect(JSON.parse(told?.Variables[ENVIRONMENT.shapeSecrets] ?? '')).toEqual([
    { arn: ARN, server: 'db1:3306' },
  ]);
  const readers = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) =>
    JSON.stringify(policy).includes(ARN),
  );
  expect(readers.map(([id]) => id)).toEqual([expect.stringContaining('FunctionsMigrateTenant')]);
});

it('passwords of "shapes.hosts" that no function has are warned of, unless secrets are given', () => {
  bundled.shapeHostsByPassword = ['db1.example.com:3306'];
  const text = Match.stringLikeRegexp('db1.example.com:3306.*shapeSecrets');
  Annotations.fromStack(stackWith(() => ({}))).hasWarning('/Theirs/Migrations', text);
  Annotations.fromStack(stackWith((secret) => ({ shapeSecrets: [{ secret }] }))).hasNoWarning(
    '/Theirs/Migrations',
    text,
  );
  bundled.shapeHostsByPassword = [];
});

it('logins that read shapes are refused if no rehearsal is required', () => {
  bundled.requiresRehearsal = false;
  expect(() => stackWith((secret) => ({ shapeSecrets: [{ secret }] }))).toThrow(
    'has "shapeSecrets", and reads no shapes',
  );
  bundled.requiresRehearsal = true;
});
