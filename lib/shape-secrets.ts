import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BundledLambdas } from './bundle-lambdas.ts';
import type { LoginSecret } from './login-secrets-text.ts';

/**
 * The secrets with which shapes are read. Throws if there are some and no shape is read, and warns of logins of
 * "shapes.hosts" whose passwords functions do not have.
 */
export function shapeSecretsOf(
  scope: Construct,
  { shapeSecrets = [] }: { readonly shapeSecrets?: readonly LoginSecret[] | undefined },
  { config }: Pick<BundledLambdas, 'config'>,
): readonly LoginSecret[] {
  if (!config.requiresRehearsal) {
    if (shapeSecrets.length === 0) return [];
    throw new Error(
      `${scope.node.path} has "shapeSecrets", and reads no shapes: give "requireRehearsal" the evidence of a rehearsal, or leave them out.`,
    );
  }
  const { shapeHostsByPassword: hosts = [] } = config;
  if (hosts.length > 0 && shapeSecrets.length === 0) {
    Annotations.of(scope).addWarningV2(
      'fanfold:shapeHosts',
      `"shapes.hosts" has passwords in variables of your machines for ${hosts.join(', ')}, which functions do not have: they read shapes with the login of each tenant, over a connection each. To have them read by the server's login, give "shapeSecrets" a secret with it.`,
    );
  }
  return shapeSecrets;
}
