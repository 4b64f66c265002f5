import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import { allowSecret, secretResource, viaSecretsManager } from './allow-secret.ts';
import { allowStack } from './grants.ts';
import { allowIamLogins, type IamLogins } from './iam-logins.ts';

/** The resources that a rotation of the key needs. */
export interface KeyResources {
  readonly scope: Construct;
  readonly stateMachineArn: string;
  readonly centralSecret: ISecret;
  readonly iamLogins?: IamLogins | undefined;
  readonly encryptionKeySecret: ISecret;
}

/** Grants the rights to read both secrets, to write the key ring, and to list the runs under way. */
export function grantRotateKeys(grantee: IGrantable, resources: KeyResources): void {
  const { scope, stateMachineArn, centralSecret, encryptionKeySecret, iamLogins } = resources;
  allowSecret(grantee, centralSecret, scope);
  allowSecret(grantee, encryptionKeySecret, scope);
  allowIamLogins(grantee, iamLogins?.central, scope);
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
  // The old key is dropped only after the last run whose items need it.
  allow(grantee, { actions: ['states:ListExecutions'], resources: [stateMachineArn] });
  allowStack(grantee, scope);
}
