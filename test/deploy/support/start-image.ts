import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ImageFolder } from './build-image-folder.ts';

export interface ImageRun {
  /** Default: the image's own command. */
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folder that is mounted at `/app/.fanfold`. */
  readonly runs: string;
  /** Folder that is mounted at `/migrations`, read-only. */
  readonly migrations: string;
}

export interface RunningImage {
  /** Sends SIGTERM to the first process, as a container engine does. */
  terminate(): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/**
 * Whether this process may create namespaces. If so, the image's process is the first in its own PID
 * namespace, on a read-only root folder with nothing but the image's files and those of its base.
 */
export const hasNamespaces: boolean = (() => {
  try {
    const probe = ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()];
    execFileSync('/usr/bin/unshare', probe, { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

/** Starts the image as a container engine would: with its command, user and environment only. */
export function startImage(image: ImageFolder, run: ImageRun): RunningImage {
  const child = hasNamespaces ? startContained(image, run) : startBeside(image, run);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return {
    terminate: () =>
      process.kill(hasNamespaces ? firstProcessOf(child) : (child.pid ?? 0), 'SIGTERM'),
    ended: once(child, 'close').then(([exitCode]) => ({ exitCode, output })),
  };
}

/** Mounts the folders of a container, drops root and access to all other folders, and becomes the program. */
const CONTAIN = `
set -e
root=$1 app=$2 node=$3 runs=$4 migrations=$5 workdir=$6 uid=$7 gid=$8
shift 8
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir usr app node proc dev migrations
for folder in lib lib64; do test -L /$folder && ln -s "usr/$folder" $folder; done
mount --bind /usr usr && mount -o remount,bind,ro usr
mount --bind "$node" node && mount -o remount,bind,ro node
mount --bind "$app" app && mount -o remount,bind,ro app
mount --bind "$runs" app/.fanfold
mount --bind "$migrations" migrations && mount -o remount,bind,ro migrations
mount --bind /dev dev
mount -t proc proc proc
mount -o remount,ro .
export PATH=/node
exec /usr/bin/unshare --root "$root" --wd "$workdir" --setgid "$gid" --setuid "$uid" "$@"
`;

function startContained(image: ImageFolder, { args, env, runs, migrations }: ImageRun) {
  const [uid = '', gid = ''] = image.user.split(':');
  const app = join(image.root, 'app');
  // Other processes see an empty folder, since mounts in the new namespace are visible to this process only.
  const root = join(image.root, '../container');
  mkdirSync(root, { recursive: true });
  const given = [root, app, dirname(process.execPath), runs, migrations, image.workdir, uid, gid];
  const command = [...image.entrypoint, ...(args ?? image.command)];
  return spawn(
    '/usr/bin/unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', '-c', CONTAIN, 'contain'],
      ...given,
      ...command,
    ],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...image.env, ...env } },
  );
}

/** Id of the only child of the process that created the namespaces. */
function firstProcessOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

/** Starts the image without namespaces, in its folder itself, whose write permissions were removed. */
function startBeside(image: ImageFolder, { args, env, runs, migrations }: ImageRun) {
  const [program = '', ...entry] = [...image.entrypoint, ...(args ?? image.command)].map((word) =>
    word.startsWith('/') ? join(image.root, word) : word,
  );
  const [uid, gid] = image.user.split(':').map(Number);
  const places = Object.entries(env).map(([name, value]) => [
    name,
    value === '/migrations' ? migrations : value,
  ]);
  return spawn(program, entry, {
    cwd: join(image.root, image.workdir),
    env: {
      PATH: dirname(process.execPath),
      ...image.env,
      FANFOLD_RUN_STORE: runs,
      ...Object.fromEntries(places),
    },
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
}
