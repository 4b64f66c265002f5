import { Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** A secret with logins of one or several database servers. */
export interface LoginSecret {
  /**
   * As RDS writes it, `{"username":…,"password":…,"host":…,"port":…}`, with `"auth":"iam"` in place of the password
   * for a user whom `iamLogins` names, or for several servers,
   * `{"db1.example.com:3306":{"user":…,"password":…}}`.
   */
  readonly secret: ISecret;
  /**
   * `host` or `host:port` as tenants' rows have it, for a secret that does not say: those that RDS keeps
   * for a cluster hold `username` and `password` only.
   */
  readonly server?: string | undefined;
}

/** Secrets with logins of servers as a function's environment has them; undefined if there are none. */
export function loginSecretsText(
  scope: Construct,
  secrets: readonly LoginSecret[] = [],
): string | undefined {
  if (secrets.length === 0) return undefined;
  const logins = secrets.map(({ secret, server }) => ({ arn: secret.secretArn, server }));
  return Stack.of(scope).toJsonString(logins);
}
