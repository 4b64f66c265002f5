import { chooseTls } from '../compose/choose-tls.ts';
import { iamToken } from '../compose/iam-token.ts';
import type { TlsMode } from '../core/central/central-parameter-names.ts';

/** Options of every function of a service that connects to a database server. */
interface ServiceConnectionOptions {
  readonly tls?: TlsMode | undefined;
  readonly ca?: string | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
}

/** Connections to tenant databases as the options of a service have them. */
export async function serviceConnection(
  { tls = 'auto', ca, connectTimeoutSeconds }: ServiceConnectionOptions,
  defaultSeconds: number,
) {
  return {
    connectTimeoutMs: (connectTimeoutSeconds ?? defaultSeconds) * 1_000,
    tls: await chooseTls({ mode: tls, ca }),
    iamToken,
  };
}
