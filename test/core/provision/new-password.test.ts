import { describe, expect, it } from 'vitest';
import { newPassword } from '../../../src/core/provision/new-password.ts';

describe('newPassword', () => {
  it('newPassword has 32 random bytes and every kind of character', () => {
    const passwords = Array.from({ length: 500 }, newPassword);
    expect(new Set(passwords).size).toBe(500);
    for (const password of passwords) {
      expect(Buffer.from(password, 'base64url')).toHaveLength(32);
      for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[-_]/]) expect(password).toMatch(kind);
    }
  });
});
