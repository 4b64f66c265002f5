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

it('logins that read shapes are given to the migrator, which alone may read them', () => {
  const template = Template.fromStack(
    stackWith((secret) => ({ shapeSecrets: [{ secret, server: 'db1:3306' }] })),
  );
  expect(JSON.parse(migratorVariable(template, ENVIRONMENT.shapeSecrets) ?? '')).toEqual([
    { arn: SECRET_ARN, server: 'db1:3306' },
  ]);
  expect(secretPolicies(template)).toEqual([expect.stringContaining('FunctionsMigrateTenant')]);
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
