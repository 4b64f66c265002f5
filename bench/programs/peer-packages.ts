import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Compiling a program in Go takes some minutes on a small machine. */
const INSTALL_MS = 20 * 60_000;

/** Other migration programs from npm, by exact version. */
const NPM = { dbmate: '2.36.0', umzug: '3.8.3', 'drizzle-orm': '0.45.4', mysql2: '3.24.6' };

/** Those in Go: the module, and the parts that are left out of the program or taken into it. */
const GO = {
  goose: {
    module: 'github.com/pressly/goose/v3/cmd/goose@v3.30.1',
    tags: 'no_postgres no_clickhouse no_mssql no_sqlite3 no_vertica no_ydb no_libsql',
  },
  migrate: { module: 'github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1', tags: 'mysql' },
} as const;

/** Why something cannot be installed here. */
interface NotInstalled {
  readonly missing: string;
}

/** Peers that are installed, in a folder that is kept: `FANFOLD_PEERS_CACHE`, or one for temporary files. */
export interface Peers {
  /** A folder with `node_modules`. */
  readonly npm: { readonly folder: string } | NotInstalled;
  readonly go: Readonly<Record<keyof typeof GO, { readonly file: string } | NotInstalled>>;
}

/**
 * Finds the peers in their folder, and fetches those that are not there.
 *
 * @param options with `fetch: false` only what is there already counts
 */
export async function peerPackages({ fetch }: { readonly fetch: boolean }): Promise<Peers> {
  const cache = resolve(process.env.FANFOLD_PEERS_CACHE ?? join(tmpdir(), 'fanfold-peers'));
  await mkdir(join(cache, 'bin'), { recursive: true });
  return {
    npm: await fromNpm(cache, fetch),
    go: {
      goose: await fromGo('goose', cache, fetch),
      migrate: await fromGo('migrate', cache, fetch),
    },
  };
}

async function fromNpm(cache: string, fetch: boolean): Promise<Peers['npm']> {
  const done = Object.keys(NPM).every((name) => existsSync(join(cache, 'node_modules', name)));
  if (done) return { folder: cache };
  if (!fetch) return { missing: 'not installed here' };
  await writeFile(
    join(cache, 'package.json'),
    JSON.stringify({ private: true, dependencies: NPM }),
  );
  try {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=peer'];
    await run('npm', ['install', ...flags], { cwd: cache, timeout: INSTALL_MS });
    return { folder: cache };
  } catch (error) {
    return { missing: `npm cannot install it here: ${firstLine(error)}` };
  }
}

async function fromGo(
  name: keyof typeof GO,
  cache: string,
  fetch: boolean,
): Promise<Peers['go']['goose']> {
  const file = join(cache, 'bin', name);
  if (existsSync(file)) return { file };
  if (!fetch) return { missing: 'not installed here' };
  const { module, tags } = GO[name];
  try {
    console.error(`installing ${module}`);
    await run('go', ['install', '-tags', tags, module], {
      env: { ...process.env, GOBIN: join(cache, 'bin'), CGO_ENABLED: '0' },
      timeout: INSTALL_MS,
    });
    return { file };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { missing: isAbsent ? 'Go is not installed here' : `Go cannot: ${firstLine(error)}` };
  }
}

function firstLine(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string };
  return (stderr || message).trim().split('\n')[0] ?? '';
}
