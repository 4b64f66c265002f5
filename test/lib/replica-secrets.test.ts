import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it, vi } from 'vitest';
import { ENVIRONMENT } from '../../src/core/wire/environment.ts';
import {
  migratorVariable,
  SECRET_ARN,
  secretPolicies,
  stackWith,
} from './support/stack-with-secret.ts';

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

it('logins that ask replicas are given to the migrator, which alone may read them', () => {
  const template = Template.fromStack(
    stackWith((secret) => ({ replicaSecrets: [{ secret, server: '*' }] })),
  );
  expect(JSON.parse(migratorVariable(template, ENVIRONMENT.replicaSecrets) ?? '')).toEqual([
    { arn: SECRET_ARN, server: '*' },
  ]);
  expect(secretPolicies(template)).toEqual([expect.stringContaining('FunctionsMigrateTenant')]);
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
