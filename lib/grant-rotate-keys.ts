import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import { allowSecret, secretResource, viaSecretsManager } from './allow-secret.ts';
import { allowStack } from './grants.ts';

/** What changing the key of the passwords takes. */
export interface KeyResources {
  readonly scope: Construct;
  readonly stateMachineArn: string;
  readonly centralSecret: ISecret;
  readonly encryptionKeySecret: ISecret;
}

/** Lets read both secrets, write the key ring, and see which runs are under way. */
export function grantRotateKeys(grantee: IGrantable, resources: KeyResources): void {
  const { scope, stateMachineArn, centralSecret, encryptionKeySecret } = resources;
  allowSecret(grantee, centralSecret, scope);
  allowSecret(grantee, encryptionKeySecret, scope);
  allow(grantee, {
    actions: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
    resources: [secretResource(encryptionKeySecret)],
  });
  if (encryptionKeySecret.encryptionKey !== undefined) {
    allow(grantee, {
      actions: ['kms:GenerateDataKey'],
      resources: [encryptionKeySecret.encryptionKey.keyArn],
      conditions: viaSecretsManager(scope),
    });
  }
  // The old key is dropped only when no run holds passwords that need it.
  allow(grantee, { actions: ['states:ListExecutions'], resources: [stateMachineArn] });
  allowStack(grantee, scope);
}
