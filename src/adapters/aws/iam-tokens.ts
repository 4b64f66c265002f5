import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { Signer } from '@aws-sdk/rds-signer';
import type { MakeIamToken } from '../../core/iam/make-iam-token.ts';
import { regionOfHost } from '../../core/iam/region-of-host.ts';
import { awsError } from './aws-error.ts';

/**
 * Makes tokens with the AWS credentials of this process, which are requested once and renewed before they
 * expire: a fleet of thousands does not ask for each connection. Signing sends nothing. The region is that in the
 * name of the host, else the one of the environment or the profile.
 */
export function createIamTokens(): MakeIamToken {
  const credentials = fromNodeProviderChain();
  return async ({ host, port, user }) => {
    const region = regionOfHost(host);
    try {
      const signer = new Signer({
        hostname: host,
        port,
        username: user,
        credentials,
        ...(region !== undefined && { region }),
      });
      return await signer.getAuthToken();
    } catch (error) {
      throw awsError(error, {
        action: `sign in to the database server ${host} by IAM`,
        region,
      });
    }
  };
}
