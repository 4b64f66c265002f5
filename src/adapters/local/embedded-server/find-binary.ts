import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { isWantedServer, type WantedServer } from '../../../core/safety/scratch-request.ts';
import type { Flavour } from './contract.ts';
import { flavourOf } from './identify.ts';
import { runCommand } from './run-command.ts';

/** A server program on this machine. */
export interface ServerBinary {
  readonly path: string;
  readonly flavour: Flavour;
  /** Major, minor, patch. */
  readonly version: readonly [number, number, number];
}

const names = ['mysqld', 'mariadbd'];

/** Folders outside a normal user's PATH in which packages install the server. */
const folders = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/usr/local/bin',
];

/** Finds the first server program on this machine that runs and prints its version, and is what is wanted. */
export async function findBinary(
  environment: NodeJS.ProcessEnv,
  wanted?: WantedServer,
): Promise<ServerBinary | undefined> {
  const searched = [...(environment.PATH ?? '').split(delimiter).filter(Boolean), ...folders];
  for (const path of searched.flatMap((folder) => names.map((name) => join(folder, name)))) {
    const binary = (await isExecutable(path)) ? await describe(path, environment) : undefined;
    if (binary !== undefined && isWanted(binary, wanted)) return binary;
  }
  return undefined;
}

function isWanted({ flavour, version }: ServerBinary, wanted: WantedServer | undefined): boolean {
  const server = { isMariaDb: flavour === 'mariadb', version: version.join('.') };
  return wanted === undefined || isWantedServer(wanted, server);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function describe(
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<ServerBinary | undefined> {
  const options = { timeoutMs: 10_000, environment };
  const { succeeded, output } = await runCommand(path, ['--no-defaults', '--version'], options);
  const version = /Ver (\d+)\.(\d+)\.(\d+)/.exec(output);
  if (!succeeded || version === null) return undefined;
  return {
    path: await realpath(path),
    flavour: flavourOf(output),
    version: [Number(version[1]), Number(version[2]), Number(version[3])],
  };
}

/** Whether the program has at least the given version. */
export function isAtLeast(
  binary: ServerBinary,
  wanted: readonly [number, number, number],
): boolean {
  const difference = wanted.map((part, index) => (binary.version[index] ?? 0) - part);
  return (difference.find((part) => part !== 0) ?? 0) >= 0;
}
