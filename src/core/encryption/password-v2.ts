import type { Tenant } from '../tenant.ts';
import { KEY_ID } from './key-ring.ts';

/**
 * Version 2 of an encrypted password: AES-256-GCM, written as
 * `v2:<key id>:<base64url iv>:<base64url ciphertext and tag>`. It is bound to its row: with another
 * tenant's id or another address beside it, it does not open.
 */
export interface PasswordV2 {
  readonly keyId: string;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** The part of a tenant's row that a password of version 2 is bound to. */
export type PasswordRow = Pick<Tenant, 'id' | 'address'>;

export const V2_ALGORITHM = 'aes-256-gcm';

/** 96 bits, the length that GCM is made for. Random ones serve 2^32 passwords under one key. */
export const V2_IV_BYTES = 12;

export const V2_TAG_BYTES = 16;

const PREFIX = 'v2:';

/** Whether a text is marked as version 2. */
export function isV2(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Writes the parts down. */
export function formatV2({ keyId, iv, ciphertext, tag }: PasswordV2): string {
  const body = Buffer.concat([ciphertext, tag]);
  return `${PREFIX}${keyId}:${Buffer.from(iv).toString('base64url')}:${body.toString('base64url')}`;
}

/** Reads the parts, or returns the reason why the text does not have them, which shows nothing of it. */
export function parseV2(text: string): PasswordV2 | { readonly defect: string } {
  const parts = text.split(':');
  if (parts.length !== 4) return { defect: `it has ${parts.length - 1} colons instead of 3` };
  const [, keyId = '', ivText = '', bodyText = ''] = parts;
  if (!KEY_ID.test(keyId)) return { defect: 'the part after "v2:" is not a key id' };
  const iv = decodeBase64Url(ivText);
  if (iv?.length !== V2_IV_BYTES) {
    return { defect: `its third part is not ${V2_IV_BYTES} bytes in base64url` };
  }
  const body = decodeBase64Url(bodyText);
  if (body === undefined) return { defect: 'its last part is not base64url (cut off?)' };
  if (body.length < V2_TAG_BYTES) {
    return { defect: `its last part has ${body.length} bytes, fewer than its tag alone` };
  }
  return {
    keyId,
    iv,
    ciphertext: body.subarray(0, -V2_TAG_BYTES),
    tag: body.subarray(-V2_TAG_BYTES),
  };
}

/**
 * The data to which the password is bound, different for any two rows: JSON keeps the parts apart, which a
 * joined text would not. Host names have no case, and the central database compares them like that.
 */
export function additionalData({ id, address }: PasswordRow): Uint8Array {
  const { host, port, database, user } = address;
  return Buffer.from(JSON.stringify([id, host.toLowerCase(), port, database, user]), 'utf8');
}

/** Node skips what is not base64url; only a text that comes out again as it went in is taken. */
function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
