import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FanfoldError } from '../../core/errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads a file of trusted PEM certificates. Throws `CaUnreadable` and `CaInvalid` early, because a
 * connection would silently ignore an unusable file.
 *
 * @param nextStep the next step for the errors, which names the option or variable of the file
 */
export async function readCertificates(file: string, nextStep: string): Promise<string> {
  const failure = (code: 'CaUnreadable' | 'CaInvalid', what: string, cause?: unknown) =>
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
  if (certificates.length === 0) throw failure('CaInvalid', 'contains no PEM certificate');
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
