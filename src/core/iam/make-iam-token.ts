import type { DatabaseAddress } from '../tenant.ts';

/** The part of an address that a token is valid for. */
export type IamAddress = Pick<DatabaseAddress, 'host' | 'port' | 'user'>;

/**
 * Makes the token that a user logs in with instead of a password. It is valid for 15 minutes, for this
 * server and this user, so each connection gets a new one. Throws `FanfoldError`s with fault
 * `configuration`, such as `AwsCredentialsMissing`.
 */
export type MakeIamToken = (address: IamAddress) => Promise<string>;
