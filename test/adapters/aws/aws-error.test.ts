import { describe, expect, it } from 'vitest';
import { awsError } from '../../../src/adapters/aws/aws-error.ts';
import { FanfoldError } from '../../../src/core/errors.ts';

function thrown(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

describe('awsError', () => {
  it.each([
    ['Error', 'Region is missing', {}, 'AwsRegionMissing'],
    ['Error', 'Region not accepted: region="" is not valid', {}, 'AwsRegionMissing'],
    ['Error', 'Region not accepted: region="eu west" is not valid', {}, 'AwsRegionMissing'],
    ['TypeError', 'Invalid URL', {}, 'AwsUnreachable'],
    ['CredentialsProviderError', 'Could not load credentials', {}, 'AwsCredentialsMissing'],
    ['ExpiredTokenException', 'The security token is expired', {}, 'AwsCredentialsRefused'],
    ['UnrecognizedClientException', 'The security token is invalid', {}, 'AwsCredentialsRefused'],
    ['AccessDeniedException', 'User: arn is not authorized', {}, 'AwsAccessDenied'],
    ['KmsAccessDeniedException', 'kms:Decrypt is denied', {}, 'AwsAccessDenied'],
    ['Unknown', 'UnknownError', { $metadata: { httpStatusCode: 403 } }, 'AwsAccessDenied'],
    ['ThrottlingException', 'Rate exceeded', {}, 'AwsThrottled'],
    ['Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }, 'AwsUnreachable'],
    ['TimeoutError', 'Connection timed out', {}, 'AwsUnreachable'],
    ['InternalServerError', 'oops', { $metadata: { httpStatusCode: 500 } }, 'AwsFailed'],
  ])('%s "%s" %j is %s', (name, message, more, code) => {
    const error = awsError(thrown(name, message, more), {
      action: 'start a run',
      region: 'eu-west-1',
    });
    expect(error).toMatchObject({ code, fault: 'configuration' });
    expect(error.nextStep).not.toBe('');
  });

  it('awsError names for a function what may deny its role, and nothing that only a person could request', () => {
    const call = { action: 'use the run store', caller: 'function' } as const;
    const denied = awsError(thrown('AccessDenied', 'kms:Decrypt on key 1'), call);
    expect(denied.message).toBe(
      "AWS does not allow the function's role to use the run store: kms:Decrypt on key 1",
    );
    expect(denied.nextStep).toMatch(/KMS key.*permissions boundary.*Deploy again/);
    const hinted = awsError(thrown('AccessDenied', 'no'), { ...call, deniedHint: 'First this.' });
    expect(hinted.nextStep).toMatch(/^First this\. The stack grants/);
    const forbidden = { $metadata: { httpStatusCode: 403 } };
    const nameless = awsError(thrown('Unknown', 'UnknownError', forbidden), call);
    expect(nameless.message).toContain("The function's role is not allowed to");
    const unreachable = awsError(thrown('TimeoutError', 'Connection timed out'), call);
    expect(unreachable.nextStep).toMatch(/NAT gateway.*port 443/);
    for (const { message, nextStep } of [denied, hinted, nameless, unreachable]) {
      expect(`${message} ${nextStep}`).not.toMatch(/grant[A-Z]|\byou\b|AWS_/);
    }
  });

  it('awsError names the action, the region and what AWS said', () => {
    const error = awsError(thrown('AccessDenied', 'no identity-based policy allows it'), {
      action: 'read the stack "a"',
      region: 'eu-west-1',
    });
    expect(error.message).toBe(
      'AWS does not allow you to read the stack "a" in eu-west-1: no identity-based policy allows it',
    );
  });

  it.each([
    [403, 'You are not allowed to ask (HTTP 403 without a reason).'],
    [502, 'AWS failed to ask: HTTP 502 without a reason.'],
  ])('awsError reports that a response with status %s has no reason', (httpStatusCode, message) => {
    const error = thrown('Unknown', 'UnknownError', { $metadata: { httpStatusCode } });
    expect(awsError(error, { action: 'ask' }).message).toBe(message);
  });

  it.each([
    ['ThrottlingException', {}, true],
    ['Error', { code: 'ENOTFOUND' }, true],
    ['InternalServerError', { $metadata: { httpStatusCode: 503 } }, true],
    ['ValidationException', { $metadata: { httpStatusCode: 400 } }, false],
    ['AccessDenied', {}, false],
  ])('%s %j is retryable: %s', (name, more, retryable) => {
    expect(awsError(thrown(name, 'x', more), { action: 'ask' }).retryable).toBe(retryable);
  });

  it('awsError returns a FanfoldError unchanged', () => {
    const error = new FanfoldError('AwsFailed', 'x', { fault: 'configuration', nextStep: 'y' });
    expect(awsError(error, { action: 'ask' })).toBe(error);
  });
});
