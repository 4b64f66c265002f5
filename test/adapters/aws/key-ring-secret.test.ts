import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyRingSecret } from '../../../src/adapters/aws/key-ring-secret.ts';
import type { KeyRing } from '../../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';
const [K1, K2, K3] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const ringOf = (active: string, keys: Record<string, string>): KeyRing =>
  parseKeyRing(JSON.stringify({ active, keys }));
const mock = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'eu-west-1' });
const named = (name: string) => Object.assign(new Error('So it is.'), { name });

/** A mock that keeps versions as Secrets Manager does: a label is on one version, and moves only from there. */
let versions: Map<string, string>;
let current: string;

beforeEach(() => {
  mock.reset();
  versions = new Map([['v0', K1]]);
  current = 'v0';
  mock.on(GetSecretValueCommand, { SecretId: ARN, VersionStage: 'AWSCURRENT' }).callsFake(() => ({
    SecretString: versions.get(current),
    VersionId: current,
  }));
  mock.on(PutSecretValueCommand).callsFake(({ ClientRequestToken, SecretString }) => {
    versions.set(ClientRequestToken, SecretString);
    return { VersionId: ClientRequestToken };
  });
  mock.on(UpdateSecretVersionStageCommand).callsFake(({ MoveToVersionId, RemoveFromVersionId }) => {
    if (RemoveFromVersionId !== current) throw named('InvalidParameterException');
    current = MoveToVersionId;
    return {};
  });
});

describe('the key ring of a secret', () => {
  it('the key ring of a secret is read once, and again on request', async () => {
    const store = createKeyRingSecret(client, ARN);
    expect([...(await store.current()).keys.keys()]).toEqual(['k1']);
    await store.current();
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    versions.set('v0', JSON.stringify({ active: 'k2', keys: { k1: K1, k2: K2 } }));
    expect((await store.readAgain()).active).toBe('k2');
    expect((await store.current()).active).toBe('k2');
  });

  it('the key ring of a secret is replaced by a version that takes effect as a whole', async () => {
    const store = createKeyRingSecret(client, ARN);
    await store.readAgain();
    const ring = ringOf('k2', { k1: K1, k2: K2 });
    await store.write(ring);
    expect(await store.current()).toBe(ring);
    expect(JSON.parse(versions.get(current) ?? '')).toEqual({
      active: 'k2',
      keys: { k1: K1, k2: K2 },
      v1: 'k1',
    });
    // The version is written before it takes effect, so no reader sees a partial one.
    const [put] = mock.commandCalls(PutSecretValueCommand);
    expect(put?.args[0].input.VersionStages).toEqual(['FANFOLD_NEXT']);
    await store.write(ringOf('k2', { k2: K2 }));
    expect(versions.size).toBe(3);
  });

  it('the key ring of a secret is not changed if somebody else changed it first: one of two writers gets an error', async () => {
    const [ours, theirs] = [createKeyRingSecret(client, ARN), createKeyRingSecret(client, ARN)];
    await Promise.all([ours.readAgain(), theirs.readAgain()]);
    await theirs.write(ringOf('k3', { k1: K1, k3: K3 }));
    const error = await rejectionOf(ours.write(ringOf('k2', { k1: K1, k2: K2 })));
    expect(error).toMatchObject({ code: 'KeyRingChanged', retryable: true });
    expect(String(error)).not.toContain(K2);
    expect(JSON.parse(versions.get(current) ?? '').keys).toEqual({ k1: K1, k3: K3 });
    expect((await ours.readAgain()).active).toBe('k3');
    await ours.write(ringOf('k3', { k3: K3 }));
    expect(JSON.parse(versions.get(current) ?? '').keys).toEqual({ k3: K3 });
  });

  it('the key ring of a secret takes effect although the response was lost', async () => {
    mock.on(UpdateSecretVersionStageCommand).callsFake(({ MoveToVersionId }) => {
      current = MoveToVersionId;
      throw named('InvalidParameterException');
    });
    const store = createKeyRingSecret(client, ARN);
    await store.write(ringOf('k2', { k1: K1, k2: K2 }));
    expect((await store.readAgain()).active).toBe('k2');
  });

  it.each([
    [PutSecretValueCommand, 'AccessDeniedException', 'AwsAccessDenied'],
    [UpdateSecretVersionStageCommand, 'AccessDeniedException', 'AwsAccessDenied'],
    [PutSecretValueCommand, 'ThrottlingException', 'AwsThrottled'],
  ] as const)(
    'the key ring of a secret does not change if it cannot be written: %o %s',
    async (command, name, code) => {
      // A cast, because the mock's types do not accept a union of commands.
      mock.on(command as typeof PutSecretValueCommand).rejects(named(name));
      const store = createKeyRingSecret(client, ARN);
      await store.readAgain();
      const error = await rejectionOf(store.write(ringOf('k2', { k1: K1, k2: K2 })));
      expect(error).toMatchObject({ code });
      expect((await store.current()).active).toBe('k1');
      expect(current).toBe('v0');
    },
  );
});
