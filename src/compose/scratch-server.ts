import type { TenantDatabasesOptions } from '../adapters/mysql/tenant-databases.ts';
import { FanfoldError } from '../core/errors.ts';
import type { ConnectionLogin, TenantDirectory } from '../core/ports.ts';
import type { ScratchServer } from '../core/safety/recording.ts';
import { refuseTenantDatabase } from '../core/safety/refuse-tenant.ts';
import type { RehearsalServer } from '../core/safety/rehearsal/rehearsal-ports.ts';
import {
  checkScratchServer,
  parseScratchUrl,
  parseWantedServer,
  type WantedServer,
} from '../core/safety/scratch-request.ts';
import type { SnapshotServer } from '../core/snapshot/snapshot-ports.ts';

/** Which scratch server is used. */
export interface ScratchTerms {
  readonly url?: string | undefined;
  /** `mysql:9`, or `true` for any: what the server must be; without a URL one is started. */
  readonly wanted?: string | true | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How migrations are run. */
  readonly databases: TenantDatabasesOptions;
  /** Reads the central database; absent if there is none, and then nothing is compared with it. */
  readonly usingDirectory?:
    | ((work: (directory: TenantDirectory) => Promise<void>) => Promise<void>)
    | undefined;
  readonly notice: (message: string) => void;
}

/**
 * Passes a scratch server to `work`: the one that a URL names, or one that is started on this machine and ends
 * afterwards. Refuses another server than the requested one, and a database of a tenant.
 */
export async function usingScratchServer<Result>(
  terms: ScratchTerms,
  work: (scratch: ScratchServer & RehearsalServer & SnapshotServer) => Promise<Result>,
): Promise<Result> {
  const wanted = wantedOf(terms.wanted);
  if (terms.url !== undefined) {
    const source = '--scratch-url';
    const login = parseScratchUrl(terms.url, source);
    await terms.usingDirectory?.((directory) => refuseTenantDatabase(login, directory));
    return connected({ login, source, wanted }, terms, work);
  }
  const { startEmbeddedServer } = await import('../adapters/local/embedded-server.ts');
  const server = await startEmbeddedServer({
    environment: { ...terms.env },
    durable: false,
    // A command that only looks installs nothing.
    installs: false,
    wanted,
    notice: terms.notice,
  });
  try {
    const { host, port, user, password, source } = server;
    const login = { host, port, user, password, database: '' };
    return await connected({ login, source, wanted }, terms, work);
  } finally {
    await server.stop();
  }
}

interface Chosen {
  readonly login: ConnectionLogin;
  readonly source: string;
  readonly wanted: WantedServer | undefined;
}

async function connected<Result>(
  { login, source, wanted }: Chosen,
  { databases }: ScratchTerms,
  work: (scratch: ScratchServer & RehearsalServer & SnapshotServer) => Promise<Result>,
): Promise<Result> {
  const { connectToScratchServer } = await import('../adapters/mysql/scratch-server.ts');
  const scratch = await connectToScratchServer(login, { ...databases, source });
  checkScratchServer(scratch.facts, wanted, source);
  return work(scratch);
}

function wantedOf(wanted: string | true | undefined): WantedServer | undefined {
  if (wanted === undefined || wanted === true) return undefined;
  const parsed = parseWantedServer(wanted);
  if (parsed !== undefined) return parsed;
  throw new FanfoldError(
    'RequestInvalid',
    `--scratch has the value "${wanted}", expected mysql or mariadb, and a version if wanted.`,
    {
      fault: 'usage',
      nextStep: 'Write it as --scratch, --scratch mysql:8.4 or --scratch mariadb:10.11.',
    },
  );
}
