import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);

/** A server's certificate and its private key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own, which nobody trusts who is not told to. */
export interface CertificateAuthority {
  /** Its certificate, as PEM. */
  readonly ca: string;
  /** The PEM file of it. */
  readonly file: string;
  /**
   * Issues a certificate for a server.
   *
   * @param names such as `DNS:db.example.org` or `IP:127.0.0.1`
   * @param days how long it is valid from now on; below zero it has expired
   */
  issue(names: string, days?: number): Promise<Certificate>;
}

const folders = new Set<string>();

/** Makes an authority with openssl, in a folder that goes after the test file. */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-certificates-'));
  folders.add(folder);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-x509', '-subj', '/CN=Fanfold tests', '-days', '2'];
  await openssl('req', ...authority, ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem');
  const read = (name: string) => readFile(join(folder, name), 'utf8');

  let issued = 0;
  return {
    ca: await read('ca.pem'),
    file: join(folder, 'ca.pem'),
    async issue(names, days = 2) {
      issued += 1;
      const name = `server-${issued}`;
      const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`];
      await openssl('req', ...newKey, ...request);
      await writeFile(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)];
      const signing = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`];
      await openssl('x509', '-req', ...by, ...signing);
      return { cert: await read(`${name}.pem`), key: await read(`${name}.key`) };
    },
  };
}

// Every test file has its own copy of this module.
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
