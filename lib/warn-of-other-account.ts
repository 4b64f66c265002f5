import { Annotations, Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { differs } from './refuse-other-region.ts';

/**
 * Warns of secrets of another account without a known key, by the name of the property: the key of an account's own that
 * Secrets Manager takes by default serves no other account.
 */
export function warnOfOtherAccount(
  scope: IConstruct,
  secrets: Readonly<Record<string, ISecret | undefined>>,
): void {
  for (const [property, secret] of Object.entries(secrets)) {
    if (secret === undefined || secret.encryptionKey !== undefined) continue;
    if (!differs(secret.env.account, Stack.of(scope).account)) continue;
    Annotations.of(scope).addWarningV2(
      `fanfold:secretOfAnotherAccount:${property}`,
      `"${property}" is a secret of the account ${secret.env.account} whose KMS key is not named, so that the functions get no right to use it. It must have a key of your own: name it, and let the policies of the secret and of the key have the account ${Stack.of(scope).account} use them.`,
    );
  }
}
