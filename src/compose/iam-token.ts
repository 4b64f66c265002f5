import type { MakeIamToken } from '../core/iam/make-iam-token.ts';

let maker: Promise<MakeIamToken> | undefined;

/**
 * Makes tokens for users who log in by IAM, with the AWS credentials of this process. The signer is loaded by the first
 * call: a fleet without such users never needs it.
 */
export const iamToken: MakeIamToken = async (address) => {
  maker ??= import('../adapters/aws/iam-tokens.ts').then(({ createIamTokens }) =>
    createIamTokens(),
  );
  return (await maker)(address);
};
