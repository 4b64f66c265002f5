import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readCertificates } from '../../../src/adapters/local/read-certificates.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const [first = '', second = ''] = rootCertificates;

describe('readCertificates', () => {
  it('readCertificates reads a file with several certificates', async () => {
    const text = `# ours\n${first}\n\n${second}\n`;
    expect(await readCertificates(await file(text), 'Do it.')).toBe(text);
  });

  it.each([
    ['holds none', 'PRIVATE', /contains no PEM certificate/],
    ['has a damaged one', `${first}\n${damaged(second)}`, /cannot be read: number 2/],
  ])('readCertificates refuses a certificate file that %s', async (_what, text, message) => {
    const path = await file(text);
    const error = await rejectionOf(readCertificates(path, 'Do it.'));
    expect(error).toMatchObject({ code: 'CaInvalid', nextStep: 'Do it.' });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    expect(error).toHaveProperty('message', expect.stringContaining(path));
  });

  it('readCertificates names a certificate file that does not exist', async () => {
    const error = await rejectionOf(readCertificates('nowhere.pem', 'Do it.'));
    expect(error).toMatchObject({
      code: 'CaUnreadable',
      message: 'The certificate file nowhere.pem cannot be read (ENOENT).',
    });
  });
});

async function file(text: string): Promise<string> {
  return join(await fixtureFolder({ 'ca.pem': text }), 'ca.pem');
}

function damaged(certificate: string): string {
  return certificate.replace(/\n.{20}/, '\n');
}
