import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, it, vi } from 'vitest';
import { TenantMigrations, type TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { ENVIRONMENT } from '../../src/core/wire/environment.ts';
import { resourcesOf } from './support/synthesized.ts';

const bundled = vi.hoisted(() => ({
  replicaLogin: 'password' as 'password' | 'iam' | undefined,
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

it('logins that ask replicas are given to the migrator, which alone may read them', () => {
  const template = Template.fromStack(
    stackWith((secret) => ({ replicaSecrets: [{ secret, server: '*' }] })),
  );
  const [told] = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName === 'Theirs-migrate-tenant')
    .map(({ Properties }) => Properties.Environment as { Variables: Record<string, string> });
  expect(JSON.parse(told?.Variables[ENVIRONMENT.replicaSecrets] ?? '')).toEqual([
    { arn: ARN, server: '*' },
  ]);
  const readers = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) =>
    JSON.stringify(policy).includes(ARN),
  );
  expect(readers.map(([id]) => id)).toEqual([expect.stringContaining('FunctionsMigrateTenant')]);
});

it('a password of "replicas" that no function has is warned of, unless secrets are given', () => {
  const text = Match.stringLikeRegexp('tenth of the time.*replicaSecrets');
  const at = '/Theirs/Migrations';
  Annotations.fromStack(stackWith(() => ({}))).hasWarning(at, text);
  const given = stackWith((secret) => ({ replicaSecrets: [{ secret }] }));
  Annotations.fromStack(given).hasNoWarning(at, text);
});

it.each(['iam', undefined] as const)('logins that nobody uses are refused (%s)', (login) => {
  bundled.replicaLogin = login;
  expect(() => stackWith((secret) => ({ replicaSecrets: [{ secret }] }))).toThrow(
    'has "replicaSecrets", and asks no replica with a password',
  );
  bundled.replicaLogin = 'password';
});
