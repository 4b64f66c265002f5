import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { allow } from './allow.ts';

/** Grants the right to read a secret, and to use its key for that alone. */
export function allowSecret(grantee: IGrantable, secret: ISecret, scope: IConstruct): void {
  allow(grantee, {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secretResource(secret)],
  });
  if (secret.encryptionKey === undefined) return;
  allow(grantee, {
    actions: ['kms:Decrypt'],
    resources: [secret.encryptionKey.keyArn],
    conditions: viaSecretsManager(scope),
  });
}

/** The ARN of a secret; a pattern of the same length if its last characters are not known. */
export function secretResource(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** A condition that limits a right on a key to requests that Secrets Manager makes for the caller. */
export function viaSecretsManager(scope: IConstruct) {
  const { region, urlSuffix } = Stack.of(scope);
  return { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } };
}
