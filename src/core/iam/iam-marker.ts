import { randomBytes } from 'node:crypto';

/**
 * The text that is stored in place of an encrypted password if the user logs in by IAM database
 * authentication: `iam`, or `iam:` and digits that make one row's marker differ from every other's.
 */
const MARKER = /^iam(?::[0-9a-f]{32})?$/i;

/** The marker as people write it into the password column. */
export const IAM_MARKER = 'iam';

/** Whether a stored text says that there is no password, because the user logs in by IAM. */
export function isIamMarker(stored: string): boolean {
  return MARKER.test(stored.trim());
}

/**
 * A marker that no other row has. Provisioning recognizes its own rows by the stored text, which a random
 * password makes unique and a bare `iam` would not.
 */
export function newIamMarker(): string {
  return `${IAM_MARKER}:${randomBytes(16).toString('hex')}`;
}
