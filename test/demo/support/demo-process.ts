import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RowDataPacket } from 'mysql2/promise';
import { onTestFinished, vi } from 'vitest';
import { PROCESS_LIST } from '../../../src/adapters/mysql/connection/process-list.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { testServer } from '../../support/server.ts';

/** The two demos. */
const DEMO = fileURLToPath(new URL('../../../demo/main.ts', import.meta.url));
export const AWS_DEMO = fileURLToPath(new URL('../../../demo/aws/main.ts', import.meta.url));

const CLEAR_UP_MS = 30_000;

/** A demo that runs on the test server. */
export interface DemoProcess {
  /** Resolves when it has printed the text. */
  prints(text: string): Promise<void>;
  /** Sends SIGINT to the demo alone, not to the commands that it runs. */
  interrupt(): void;
  readonly ended: Promise<DemoResult>;
  /** Its traces besides the output: on the server, in the temporary folder, as a process. */
  traces(): Promise<string[]>;
}

export interface DemoResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Starts a demo in a process group and with a temporary folder of its own. */
export async function startDemo(main: string = DEMO): Promise<DemoProcess> {
  const folder = await fixtureFolder();
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: folder,
      FANFOLD_MYSQL_URL: testServer().url,
      // Somebody's own fleet and account, which a demo must not touch.
      CENTRAL_DATABASE_URL: 'mysql://nobody@127.0.0.1:1/production',
      FANFOLD_RUN_STORE: '/nowhere',
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = 0 } = child;
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([exitCode]) => ({ ...output, exitCode }));
  onTestFinished(async () => {
    // If a test fails, the demo is given the time to clean up on a server that stays.
    if (isGroupAlive(pid)) process.kill(pid, 'SIGINT');
    await Promise.race([ended, delay(CLEAR_UP_MS)]);
    if (isGroupAlive(pid)) process.kill(-pid, 'SIGKILL');
  });
  return {
    prints: (text) =>
      vi.waitFor(
        () => {
          if (!output.stdout.includes(text)) throw new Error(`Not printed: ${text}`);
        },
        { timeout: 120_000, interval: 20 },
      ),
    interrupt: () => process.kill(pid, 'SIGINT'),
    ended,
    traces: async () => [
      ...(await tracesOnServer(prefixIn(output.stdout))),
      ...(await readdir(folder)).map((name) => `file ${name}`),
      ...(isGroupAlive(pid) ? ['process'] : []),
    ],
  };
}

/** The prefix of all names that this demo makes on the server. */
function prefixIn(stdout: string): string {
  const [prefix] = /\bdemo_[0-9a-f]{6}_/.exec(stdout) ?? [];
  if (prefix === undefined) throw new Error('The demo has not said what its databases are called.');
  return prefix;
}

/** Tables in which a server lists objects that may remain. */
const LISTS = {
  database: { table: 'information_schema.schemata', column: 'schema_name' },
  user: { table: 'mysql.user', column: 'user' },
  session: { table: PROCESS_LIST, column: 'user' },
};

async function tracesOnServer(prefix: string): Promise<string[]> {
  const root = await testServer().rootConnection();
  const traces: string[] = [];
  for (const [kind, { table, column }] of Object.entries(LISTS)) {
    const [rows] = await root.query<RowDataPacket[]>(
      `SELECT ${column} AS name FROM ${table} WHERE LEFT(${column}, ?) = ?`,
      [prefix.length, prefix],
    );
    traces.push(...rows.map(({ name }) => `${kind} ${name}`));
  }
  await root.end();
  return traces;
}

function isGroupAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
