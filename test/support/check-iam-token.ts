import { createHash, createHmac } from 'node:crypto';

/** A pair of AWS keys, of which the servers of a test know the secret one. */
export interface AwsKeys {
  readonly id: string;
  readonly secret: string;
}

/** The user and the server that a token has to be for. */
export interface TokenSubject {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
}

/**
 * Why a server of Amazon RDS would refuse a token: another user, server, region or key, a wrong signature, or one
 * that has expired; `undefined` if it would accept it. The signature is computed here from AWS's description of
 * Signature Version 4, with nothing of the signer.
 */
export function tokenDefect(
  token: string,
  subject: TokenSubject,
  keys: AwsKeys,
): string | undefined {
  const { user, host, port, region } = subject;
  const [address, search = ''] = token.split('/?');
  if (address !== `${host}:${port}`) return `it is for ${address}`;
  const query = new URLSearchParams(search);
  const value = (name: string) => query.get(name) ?? '';
  if (value('Action') !== 'connect' || value('DBUser') !== user) return 'it is for another user';
  const at = value('X-Amz-Date');
  const scope = `${at.slice(0, 8)}/${region}/rds-db/aws4_request`;
  if (value('X-Amz-Credential') !== `${keys.id}/${scope}`) return 'it is of another key or region';
  const signed = [...query].filter(([name]) => name !== 'X-Amz-Signature');
  const canonical = signed
    .map((pair) => pair.map(encoded).join('='))
    .sort()
    .join('&');
  const request = `GET\n/\n${canonical}\nhost:${host}:${port}\n\nhost\n${sha256('')}`;
  const text = `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sha256(request)}`;
  const key = scope
    .split('/')
    .reduce<Uint8Array>((last, part) => hmac(last, part), Buffer.from(`AWS4${keys.secret}`));
  if (value('X-Amz-Signature') !== hmac(key, text).toString('hex')) return 'its signature is wrong';
  const since =
    (Date.now() - Date.parse(at.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))) / 1_000;
  return since > Number(value('X-Amz-Expires')) || since < -300 ? 'it has expired' : undefined;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
