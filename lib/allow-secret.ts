import { Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { allow } from './allow.ts';

/** Lets somebody read a secret, and use its key for that alone. */
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

/** A secret that is known without the end of its ARN has a pattern of that length here. */
export function secretResource(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** What limits a right on a key to requests that Secrets Manager makes in the caller's name. */
export function viaSecretsManager(scope: IConstruct) {
  const { region, urlSuffix } = Stack.of(scope);
  return { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } };
}
