import type { TlsChooser } from '../adapters/mysql/connection/tls.ts';
import type { VerifiedTls } from '../core/central/central-database-login.ts';
import type { TlsMode } from '../core/central/central-parameter-names.ts';

/** How the connections of one process are encrypted. */
export interface TlsChoice {
  readonly mode: TlsMode;
  /** PEM certificates to trust in addition to the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** The same in files. */
  readonly caFiles?: readonly CertificatesFile[] | undefined;
}

/** A file of PEM certificates. */
export interface CertificatesFile {
  readonly path: string;
  /** Names the setting to correct if the file cannot be read. */
  readonly nextStep: string;
}

/** Makes the function that chooses TLS by host. Throws `CaUnreadable` and `CaInvalid`. */
export async function chooseTls({ mode, ca, caFiles = [] }: TlsChoice): Promise<TlsChooser> {
  const { createTlsChooser } = await import('../adapters/mysql/connection/tls.ts');
  const texts = ca === undefined ? [] : [ca];
  for (const file of caFiles) texts.push(await readCertificatesFile(file));
  return createTlsChooser({ mode, ca: texts.length === 0 ? undefined : texts.join('\n') });
}

/** Reads a file of certificates to trust. Throws `CaUnreadable` and `CaInvalid`. */
export async function readCertificatesFile({ path, nextStep }: CertificatesFile): Promise<string> {
  const { readCertificates } = await import('../adapters/local/read-certificates.ts');
  return readCertificates(path, nextStep);
}

/** The choice for the central database, in terms that Prisma and Knex share. */
export function verifiedTls(tls: TlsChooser, host: string): VerifiedTls | undefined {
  const ssl = tls(host);
  return ssl === undefined ? undefined : { ca: ssl.ca as string[] };
}
