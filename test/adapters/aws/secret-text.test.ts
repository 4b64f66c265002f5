import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSecretText } from '../../../src/adapters/aws/secret-text.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';
const mock = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'eu-west-1' });
const read = () => readSecretText(client, ARN, 'the encryption key');
const named = (name: string) => Object.assign(new Error('So it is.'), { name });

beforeEach(() => mock.reset());

describe('readSecretText', () => {
  it('readSecretText returns the text of the current version', async () => {
    mock.on(GetSecretValueCommand, { SecretId: ARN }).resolves({ SecretString: 'text' });
    expect(await read()).toBe('text');
  });

  it.each([
    ['ResourceNotFoundException', 'SecretMissing', false],
    ['InvalidRequestException', 'SecretMissing', false],
    ['AccessDeniedException', 'AwsAccessDenied', false],
    ['ThrottlingException', 'AwsThrottled', true],
    ['TimeoutError', 'AwsUnreachable', true],
  ])('readSecretText explains why a secret cannot be read: %s', async (name, code, retryable) => {
    mock.on(GetSecretValueCommand).rejects(named(name));
    expect(await rejectionOf(read())).toMatchObject({
      code,
      retryable,
      fault: 'configuration',
      message: expect.stringContaining('the encryption key'),
    });
  });

  it('readSecretText names the setting of the key to a function whose role is refused', async () => {
    mock.on(GetSecretValueCommand).rejects(named('AccessDeniedException'));
    const reading = readSecretText(client, ARN, 'the central database', '"centralSecretKeyArn"');
    expect(await rejectionOf(reading)).toMatchObject({
      code: 'AwsAccessDenied',
      message: expect.stringContaining("the function's role to read the secret of the central"),
      nextStep: expect.stringMatching(
        /^If the secret has a KMS key of its own, .*"centralSecretKeyArn"/,
      ),
    });
  });

  it.each([{}, { SecretString: ' ' }, { SecretBinary: new Uint8Array([1]) }])(
    'readSecretText reports a secret without text: %j',
    async (value) => {
      mock.on(GetSecretValueCommand).resolves(value);
      expect(await rejectionOf(read())).toMatchObject({
        code: 'SecretEmpty',
        message: expect.stringContaining(ARN),
      });
    },
  );
});
