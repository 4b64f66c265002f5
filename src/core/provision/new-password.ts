import { randomBytes } from 'node:crypto';

/**
 * A random password of 32 bytes, in base64url: 43 characters that no quoting can harm. It has a capital, a
 * small letter, a digit and one of `-` and `_`, as password policies require. Three of four random ones have
 * that; discarding the others costs less than half a bit of 256.
 */
export function newPassword(): string {
  for (;;) {
    const password = randomBytes(32).toString('base64url');
    if ([/[A-Z]/, /[a-z]/, /[0-9]/, /[-_]/].every((kind) => kind.test(password))) return password;
  }
}
