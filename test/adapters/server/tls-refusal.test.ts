import { describe, expect, it } from 'vitest';
import { brokeDuringTls, explainTlsRefusal } from '../../../src/adapters/server/tls-refusal.ts';

describe('explainTlsRefusal', () => {
  // Messages of Node, mysql2 and the MariaDB driver.
  it.each([
    ['Server does not support secure connection', 'none'],
    ['Trying to connect with ssl, but ssl not enabled in the server', 'none'],
    ["Hostname/IP does not match certificate's altnames: Cert does not contain a DNS name", 'name'],
    ['certificate has expired', 'expired'],
    ['certificate is not yet valid', 'early'],
    ['self-signed certificate', 'authority'],
    ['self-signed certificate in certificate chain', 'authority'],
    ['unable to get local issuer certificate', 'authority'],
    ['unable to verify the first certificate', 'authority'],
    ['tlsv1 alert protocol version', 'other'],
  ])('explainTlsRefusal classifies the message "%s"', (words, kind) => {
    expect(explainTlsRefusal(words, 'db', 'dbHost')).toMatchObject({
      kind,
      reason: expect.stringMatching(/\w/),
      nextStep: expect.stringMatching(/\.$/),
    });
  });

  it('explainTlsRefusal names the hosts of the certificate, shortened if there are many', () => {
    const words = `Hostname/IP does not match certificate's altnames: Host: db. is not in the cert's altnames: ${'DNS:a.example.org, '.repeat(50)}`;
    const { reason } = explainTlsRefusal(words, 'db', 'dbHost');
    expect(reason).toMatch(/^is for DNS:a\.example\.org, .*… *, and not for "db"$/);
    expect(reason.length).toBeLessThan(300);
  });
});

describe('brokeDuringTls', () => {
  it('brokeDuringTls distinguishes a broken connection from a refused certificate', () => {
    expect(
      brokeDuringTls(
        'Client network socket disconnected before secure TLS connection was established',
      ),
    ).toBe(true);
    expect(brokeDuringTls('certificate has expired')).toBe(false);
  });
});
