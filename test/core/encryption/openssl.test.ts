import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encryptPasswordV1 } from '../../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../../src/core/encryption/encryption-key.ts';
import { openPasswordV1 } from '../../../src/core/encryption/open-password-v1.ts';

const KEYS = ['your-32-character-secret-key!!!!', 'clé-secrète-32-octets-précise'];

const PASSWORDS = [
  '',
  'x',
  '15-bytes-long!!',
  '16-bytes-long!!!',
  '17-bytes-long!!!!',
  '🔐🧨👩‍👩‍👧',
  `"'\`$(x) \\n \\' %s ; --`,
  'C:\\back\\slashes\\',
  'two\nlines\r\n',
  'p'.repeat(1_000),
  'ü'.repeat(1_000),
];

describe.each(KEYS)('with the key %s, the openssl command', (keyText) => {
  const key = parseEncryptionKey(keyText);

  it.each(PASSWORDS)('the openssl command decrypts what Fanfold encrypts: %j', (password) => {
    const [iv = '', ciphertext = ''] = encryptPasswordV1(key, password).split(':');
    const opened = openssl('-d', keyText, iv, Buffer.from(ciphertext, 'hex'));
    expect(opened.toString('utf8')).toBe(password);
  });

  it.each(PASSWORDS)('the openssl command encrypts what Fanfold decrypts: %j', (password) => {
    const iv = randomBytes(16).toString('hex');
    const ciphertext = openssl('-e', keyText, iv, Buffer.from(password)).toString('hex');
    expect(openPasswordV1(key, `${iv}:${ciphertext}`)).toBe(password);
  });
});

function openssl(direction: '-e' | '-d', key: string, iv: string, input: Buffer): Buffer {
  const keyHex = Buffer.from(key).toString('hex');
  const args = ['enc', '-aes-256-cbc', direction, '-K', keyHex, '-iv', iv];
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { input });
  if (error !== undefined) throw error;
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return stdout;
}
