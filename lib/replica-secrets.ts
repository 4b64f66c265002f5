import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BundledLambdas } from './bundle-lambdas.ts';
import type { LoginSecret } from './login-secrets-text.ts';

/**
 * The secrets with which replicas are asked how late they are. Throws if there are some and no replica is asked with a
 * password, and warns if replicas are configured whose password functions do not have.
 */
export function replicaSecretsOf(
  scope: Construct,
  { replicaSecrets = [] }: { readonly replicaSecrets?: readonly LoginSecret[] | undefined },
  { config: { replicaLogin } }: Pick<BundledLambdas, 'config'>,
): readonly LoginSecret[] {
  if (replicaLogin !== 'password' && replicaSecrets.length > 0) {
    throw new Error(
      `${scope.node.path} has "replicaSecrets", and asks no replica with a password: name "replicas" without "auth" in the configuration of the project, or leave them out.`,
    );
  }
  if (replicaLogin === 'password' && replicaSecrets.length === 0) {
    Annotations.of(scope).addWarningV2(
      'fanfold:replicas',
      '"replicas" has its password in a variable of your machines, which functions do not have: the lag of replicas cannot be read, and backfills take at most a tenth of the time. Give "replicaSecrets" a secret with the login.',
    );
  }
  return replicaSecrets;
}
