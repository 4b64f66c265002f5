import type { AwsCall } from './aws-call.ts';
import type { Wanted } from './policies.ts';

/** Keys that encrypt buckets and secrets. */
export interface Encryption {
  readonly region: string;
  /** ARN of the key of a bucket, by the bucket's ARN. */
  readonly bucketKeys: ReadonlyMap<string, string>;
  /** ARN of the key of a secret, by the secret's ARN. */
  readonly secretKeys: ReadonlyMap<string, string>;
  /** ARN of the key of the state machine. */
  readonly executionsKey: string;
}

/** A call, without its caller. */
type Call = Pick<AwsCall, 'action' | 'resources' | 'context' | 'status'> &
  Partial<Pick<AwsCall, 'executionData'>>;

/** All rights that a call needs: its own, and those of the service's calls to KMS on the caller's behalf. */
export function wantedOf(call: Call, encryption: Encryption): Wanted[] {
  const { action, resources, context, status } = call;
  return resources.flatMap((resource) => [
    { action, resource, context },
    ...(isS3Object(action) ? forObject(call, resource, encryption) : []),
    ...(action === 'secretsmanager:GetSecretValue' && status < 300
      ? forSecret(resource, encryption)
      : []),
    ...(action === 'secretsmanager:PutSecretValue' && status < 300
      ? forSecret(resource, encryption, ['kms:Decrypt', 'kms:GenerateDataKey'])
      : []),
    ...(call.executionData ? forExecution(resource, encryption) : []),
  ]);
}

function isS3Object(action: string): boolean {
  return action === 's3:GetObject' || action === 's3:PutObject';
}

function forObject(
  { action, status }: Pick<AwsCall, 'action' | 'status'>,
  object: string,
  { region, bucketKeys }: Encryption,
): Wanted[] {
  const bucket = object.replace(/\/.*/, '');
  // Only callers that may list get a 404 for a missing object; all others are denied.
  if (status === 404) return [{ action: 's3:ListBucket', resource: bucket, context: {} }];
  const key = bucketKeys.get(bucket);
  if (key === undefined || status >= 300) return [];
  const context = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': bucket,
  };
  const kms = action === 's3:PutObject' ? 'kms:GenerateDataKey' : 'kms:Decrypt';
  return [{ action: kms, resource: key, context }];
}

function forSecret(
  secret: string,
  { region, secretKeys }: Encryption,
  actions: readonly string[] = ['kms:Decrypt'],
): Wanted[] {
  const key = secretKeys.get(secret);
  if (key === undefined) return [];
  const context = {
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
    'kms:EncryptionContext:SecretARN': secret,
  };
  return actions.map((action) => ({ action, resource: key, context }));
}

function forExecution(execution: string, { executionsKey }: Encryption): Wanted[] {
  // arn:…:execution:<machine>:<name>
  const machine = execution.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
  const context = { 'kms:EncryptionContext:aws:states:stateMachineArn': machine };
  return [{ action: 'kms:Decrypt', resource: executionsKey, context }];
}
