const { createCipheriv, createDecipheriv, randomBytes } = require('node:crypto');

const ALGORITHM = 'aes-256-cbc';

function key() {
  const text = process.env.DB_ENCRYPTION_KEY ?? '';
  if (Buffer.byteLength(text) !== 32) throw new Error('DB_ENCRYPTION_KEY must have 32 characters.');
  return Buffer.from(text);
}

exports.encrypt = (password) => {
  const iv = randomBytes(16);
  const cipher = createCipheriv(ALGORITHM, key(), iv);
  const encrypted = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  return `${iv.toString('hex')}:${encrypted.toString('hex')}`;
};

exports.decrypt = (encrypted) => {
  const [iv, text] = encrypted.split(':');
  if (!iv || !text) throw new Error('Invalid encrypted password format');
  const decipher = createDecipheriv(ALGORITHM, key(), Buffer.from(iv, 'hex'));
  return Buffer.concat([decipher.update(Buffer.from(text, 'hex')), decipher.final()]).toString();
};
