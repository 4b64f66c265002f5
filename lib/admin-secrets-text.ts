import { Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

interface Administrators {
  readonly adminSecrets: readonly {
    readonly secret: ISecret;
    readonly server?: string | undefined;
  }[];
}

/** The secrets of the administrators as a function's environment has them. */
export function adminSecretsText(scope: Construct, { adminSecrets }: Administrators): string {
  const admins = adminSecrets.map(({ secret, server }) => ({ arn: secret.secretArn, server }));
  return Stack.of(scope).toJsonString(admins);
}
