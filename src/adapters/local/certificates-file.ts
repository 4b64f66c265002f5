import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FanfoldError } from '../../core/errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads a file of PEM certificates to trust. Throws `CaUnreadable` and `CaInvalid`, so that a file
 * which a connection would pass over in silence is named before there is one.
 *
 * @param nextStep where the file was named, for the error
 */
export async function readCertificates(file: string, nextStep: string): Promise<string> {
  const failure = (code: string, what: string, cause?: unknown) =>
    new FanfoldError(code, `The certificate file ${file} ${what}.`, {
      fault: 'configuration',
      nextStep,
      cause,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw failure('CaUnreadable', `cannot be read (${code})`, error);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw failure('CaInvalid', 'holds no PEM certificate');
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw failure(
        'CaInvalid',
        `has a certificate that cannot be read: number ${index + 1}`,
        error,
      );
    }
  });
  return text;
}
