import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { allow } from './allow.ts';

/** Lets a function's role read a secret, and use its key for that alone. */
export function allowSecret(role: IRole, secret: ISecret): void {
  allow(role, {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secretResource(secret)],
  });
  if (secret.encryptionKey === undefined) return;
  allow(role, {
    actions: ['kms:Decrypt'],
    resources: [secret.encryptionKey.keyArn],
    conditions: viaSecretsManager(role),
  });
}

/** A secret that is known without the end of its ARN has a pattern of that length here. */
export function secretResource(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** What limits a right on a key to requests that Secrets Manager makes in the caller's name. */
export function viaSecretsManager(scope: Parameters<typeof Stack.of>[0]) {
  const { region, urlSuffix } = Stack.of(scope);
  return { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } };
}
