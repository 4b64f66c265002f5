import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Invocation } from './invocation.ts';
import { NPM, PACKAGE_MANAGERS, type PackageManager } from './package-manager.ts';
import { type Scripts, scriptOf } from './script-of.ts';

/** Facts that determine how this process was called. */
export interface Call {
  readonly folder: string;
  /** The file that Node runs. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Determines how this process was called: by a script of the project, through `npx` or similar, or as
 * `fanfold`. Files are only read when the first command is shown.
 */
export function findInvocation(call: Call): Invocation {
  let known: Surroundings | undefined;
  return {
    commandLine(words) {
      known ??= lookAround(call);
      const [command = ''] = /^\S*/.exec(words) ?? [];
      const { scripts, manager, prefix } = known;
      const script = scriptOf(command, scripts);
      if (script === undefined) return `${prefix}fanfold ${words}`;
      const typed = words.slice(command.length).trimStart();
      const parts = [manager.runScript, script, manager.keepsFlags ? guarded(typed) : typed];
      return parts.join(' ').trimEnd();
    },
  };
}

interface Surroundings {
  readonly scripts: Scripts;
  readonly manager: PackageManager;
  /** The prefix of `fanfold` if no script runs us: empty, or `npx `. */
  readonly prefix: string;
}

function lookAround({ folder, entry, env }: Call): Surroundings {
  // A package manager also searches the parent folders for the package.
  const folders = [...withAncestors(folder)];
  const { scripts, packageManager, at } = readPackage(folders);
  const manager = managerOf(folders, packageManager, env);
  const isLocal = env.npm_command === 'exec' || /node_modules[/\\]/.test(entry);
  const prefix = isLocal && !isOnPath(env) ? `${manager.runBinary} ` : '';
  return { scripts: isObject(scripts) ? runnableScripts(scripts, at) : {}, manager, prefix };
}

interface PackageFile {
  readonly scripts?: unknown;
  readonly packageManager?: unknown;
}

const ENTRANCE = /\S*src[/\\]cli[/\\]main\.(?:ts|js)/;

/** Leaves out scripts whose entry file is missing: a container image has the package.json of the sources. */
function runnableScripts(scripts: Scripts, folder: string): Scripts {
  return Object.fromEntries(
    Object.entries(scripts).filter(([, script]) => {
      const [entrance] = ENTRANCE.exec(String(script)) ?? [];
      return entrance === undefined || isThere(resolve(folder, entrance));
    }),
  );
}

function* withAncestors(folder: string): Generator<string> {
  yield folder;
  const parent = dirname(folder);
  if (parent !== folder) yield* withAncestors(parent);
}

/** The nearest package.json, and its folder. */
function readPackage(folders: readonly string[]): PackageFile & { readonly at: string } {
  const at = folders.find((folder) => isThere(join(folder, 'package.json')));
  if (at === undefined) return { at: '' };
  try {
    const read: unknown = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
    return isObject(read) ? { ...read, at } : { at };
  } catch {
    // Somebody may be editing the file; a hint is not worth an error.
    return { at };
  }
}

function isObject(value: unknown): value is Scripts {
  return typeof value === 'object' && value !== null;
}

/** The package manager that started us, or the one of the folder; npm by default. */
function managerOf(
  folders: readonly string[],
  packageManager: unknown,
  env: Call['env'],
): PackageManager {
  const [running = ''] = (env.npm_config_user_agent ?? '').split('/');
  const declared = typeof packageManager === 'string' ? packageManager.split('@')[0] : undefined;
  return (
    PACKAGE_MANAGERS.find(({ name }) => name === running) ??
    PACKAGE_MANAGERS.find(({ name }) => name === declared) ??
    folders
      .map((folder) =>
        PACKAGE_MANAGERS.find(({ lockFiles }) =>
          lockFiles.some((file) => isThere(join(folder, file))),
        ),
      )
      .find((manager) => manager !== undefined) ??
    NPM
  );
}

/** Whether a shell finds `fanfold`. A `.bin` folder is only on the path of processes that npm starts. */
function isOnPath({ PATH = '' }: Call['env']): boolean {
  return PATH.split(delimiter)
    .filter((folder) => folder !== '' && !/node_modules[/\\]\.bin$/.test(folder))
    .some((folder) => isThere(join(folder, 'fanfold'), constants.X_OK) && !isNpx(folder));
}

/** npx adds packages that it fetched to the path of the process that it starts. */
function isNpx(folder: string): boolean {
  return /[/\\]_npx[/\\]/.test(dirname(folder));
}

function isThere(path: string, mode = constants.R_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Arguments for an npm script: flags follow `--`, or npm keeps them for itself. */
function guarded(words: string): string {
  const flag = firstFlag(words);
  return flag === undefined ? words : `${words.slice(0, flag)}-- ${words.slice(flag)}`;
}

/** The position of the first word that starts with a dash, outside quotes. */
function firstFlag(words: string): number | undefined {
  let quote: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const character = words[at];
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (character === '-' && (at === 0 || /\s/.test(words[at - 1] ?? ''))) {
      return at;
    }
  }
  return undefined;
}
