/**
 * Version 1 of an encrypted password, the guide's format: AES-256-CBC with PKCS#7 padding, written
 * as `hex(iv):hex(ciphertext)`. CBC has no authentication: a wrong key shows only in the padding
 * and in bytes that are not text.
 */
export interface PasswordV1 {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export const V1_ALGORITHM = 'aes-256-cbc';

/** Bytes of an AES block, and so of the initialization vector. */
export const V1_BLOCK_BYTES = 16;

const V1_PATTERN = /^([0-9a-f]{32}):((?:[0-9a-f]{32})+)$/i;

/** Writes the parts down, in lower-case hex. */
export function formatV1({ iv, ciphertext }: PasswordV1): string {
  return `${Buffer.from(iv).toString('hex')}:${Buffer.from(ciphertext).toString('hex')}`;
}

/** Reads the parts; `undefined` if the text is not in this format. Either case of hex will do. */
export function parseV1(text: string): PasswordV1 | undefined {
  const [, iv, ciphertext] = V1_PATTERN.exec(text) ?? [];
  if (iv === undefined || ciphertext === undefined) return undefined;
  return { iv: Buffer.from(iv, 'hex'), ciphertext: Buffer.from(ciphertext, 'hex') };
}

/**
 * The reason why a text is not in this format. It shows nothing of the text, because somebody may have stored
 * the password itself.
 */
export function describeV1Defect(text: string): string {
  if (text === '') return 'it is empty';
  if (text !== text.trim()) return 'it begins or ends with a blank or a line break';
  const parts = text.split(':');
  if (parts.length === 1) return 'it has no colon';
  if (parts.length > 2) return `it has ${parts.length - 1} colons`;
  const [iv = '', ciphertext = ''] = parts;
  if (iv === '') return 'nothing is before the colon';
  if (ciphertext === '') return 'nothing is after the colon';
  if (!isHex(iv)) return 'the part before the colon is not hex';
  if (!isHex(ciphertext)) return 'the part after the colon is not hex';
  if (iv.length !== 2 * V1_BLOCK_BYTES) {
    return `the part before the colon has ${iv.length} hex digits instead of ${2 * V1_BLOCK_BYTES}`;
  }
  return `the part after the colon has ${ciphertext.length} hex digits, which is not a multiple of ${2 * V1_BLOCK_BYTES} (cut off?)`;
}

function isHex(text: string): boolean {
  return /^[0-9a-f]+$/i.test(text);
}
