import { describe, expect, it } from 'vitest';
import { lambdaEnvironment } from '../../lambdas/environment.ts';
import { thrownBy } from '../support/thrown-by.ts';

describe('lambdaEnvironment', () => {
  it('lambdaEnvironment has defaults for optional variables', () => {
    const environment = lambdaEnvironment({ FANFOLD_RUN_BUCKET: 'acme-runs', FANFOLD_TLS: '' });
    expect(environment.required('runBucket')).toBe('acme-runs');
    expect(environment.tls()).toBe('auto');
    expect(environment.maxHoursPerTenant()).toBe(24);
    expect(environment.requestDefaults()).toEqual({});
    expect(environment.optional('tableName')).toBeUndefined();
  });

  it('lambdaEnvironment reads the variables that are set, and only the keys of the request that are set', () => {
    const environment = lambdaEnvironment({
      FANFOLD_TLS: 'required',
      FANFOLD_MAX_HOURS_PER_TENANT: '0.5',
      FANFOLD_REQUEST_DEFAULTS: '{"maxConcurrency":7}',
    });
    expect(environment.tls()).toBe('required');
    expect(environment.maxHoursPerTenant()).toBe(0.5);
    expect(environment.requestDefaults()).toEqual({ maxConcurrency: 7 });
  });

  it.each([
    ['FANFOLD_KEY_SECRET_ARN is not set', {}, 'required'],
    ['FANFOLD_TLS is "on"', { FANFOLD_TLS: 'on' }, 'tls'],
    ['FANFOLD_MAX_HOURS_PER_TENANT is "0"', { FANFOLD_MAX_HOURS_PER_TENANT: '0' }, 'hours'],
    ['FANFOLD_MAX_HOURS_PER_TENANT is "a day"', { FANFOLD_MAX_HOURS_PER_TENANT: 'a day' }, 'hours'],
    ['FANFOLD_REQUEST_DEFAULTS is not JSON', { FANFOLD_REQUEST_DEFAULTS: '{' }, 'defaults'],
  ])('lambdaEnvironment names invalid values: %s', (message, variables, what) => {
    const environment = lambdaEnvironment(variables as Record<string, string>);
    const read = {
      required: () => environment.required('keySecretArn'),
      tls: () => environment.tls(),
      hours: () => environment.maxHoursPerTenant(),
      defaults: () => environment.requestDefaults(),
    };
    expect(thrownBy(read[what as keyof typeof read])).toMatchObject({
      code: 'EnvironmentInvalid',
      message: expect.stringContaining(message),
    });
  });

  it('lambdaEnvironment reads the secrets of the administrators’ logins', () => {
    const text =
      '[{"arn":"a","server":"DB1.example.com:3307"},{"arn":"b"},{"arn":"c","server":"x"}]';
    expect(lambdaEnvironment({ FANFOLD_ADMIN_SECRETS: text }).adminSecrets()).toEqual([
      { arn: 'a', server: { host: 'DB1.example.com', port: 3307 } },
      { arn: 'b', server: undefined },
      { arn: 'c', server: { host: 'x', port: 3306 } },
    ]);
  });

  it.each([
    [undefined, 'is not set'],
    ['{}', 'is not a JSON list'],
    ['[', 'is not a JSON list'],
    ['[]', 'is not a JSON list'],
    ['[{"server":"x"}]', 'without an ARN'],
    ['[{"arn":"a","server":":1"}]', 'names a server'],
  ])('lambdaEnvironment names invalid values of administrators’ logins: %j', (text, message) => {
    const environment = lambdaEnvironment({ FANFOLD_ADMIN_SECRETS: text });
    expect(String(thrownBy(() => environment.adminSecrets()))).toContain(message);
  });

  it('lambdaEnvironment reads how users and passwords are made', () => {
    const named = { FANFOLD_REQUIRE_TLS: 'false', FANFOLD_PASSWORD_FORMAT: 'v2' };
    const environment = lambdaEnvironment(named);
    expect([environment.requireTls(), environment.passwordFormat()]).toEqual([false, 'v2']);
    const bare = lambdaEnvironment({});
    expect([bare.requireTls(), bare.passwordFormat()]).toEqual([undefined, undefined]);
    expect(
      thrownBy(() => lambdaEnvironment({ FANFOLD_REQUIRE_TLS: 'yes' }).requireTls()),
    ).toMatchObject({ code: 'EnvironmentInvalid' });
  });

  it('lambdaEnvironment refuses defaults that are not a request', () => {
    const environment = lambdaEnvironment({ FANFOLD_REQUEST_DEFAULTS: '{"maxConcurrency":0}' });
    expect(thrownBy(() => environment.requestDefaults())).toMatchObject({ code: 'RequestInvalid' });
  });
});
