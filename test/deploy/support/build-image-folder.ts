import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../../scripts/repository.mjs';
import { type Instruction, readDockerfile } from './read-dockerfile.ts';

const run = promisify(execFile);

/** A built image as a folder: its file system, and the process that it would start. */
export interface ImageFolder {
  /** The folder that is `/` in the image. */
  readonly root: string;
  /** Relative to `root`. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The argument of `USER`. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

interface Stage extends ImageFolder {
  readonly name: string;
}

/**
 * Builds the Dockerfile without a container engine: each stage is a folder that holds only the files copied
 * into it, and `RUN` commands run in that folder. Packages that npm would install are copied from the
 * checkout, which has the same lock file. Throws on an instruction that it cannot follow.
 */
export async function buildImageFolder(into: string): Promise<ImageFolder> {
  const stages: Stage[] = [];
  for (const { name, from, instructions } of await readDockerfile(join(repository, 'Dockerfile'))) {
    const root = join(into, `stage-${stages.length}`);
    const base = stages.find((earlier) => earlier.name === from);
    if (base === undefined) await mkdir(root);
    else await cp(base.root, root, { recursive: true, verbatimSymlinks: true });
    let stage: Stage = {
      ...{ workdir: '.', env: {}, user: 'root', entrypoint: [], command: [] },
      ...base,
      ...{ name, root },
    };
    for (const instruction of instructions) stage = await follow(instruction, stage, stages);
    stages.push(stage);
  }
  const last = stages.at(-1);
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return last;
}

async function follow(
  { keyword, words, text }: Instruction,
  stage: Stage,
  stages: readonly Stage[],
): Promise<Stage> {
  const here = join(stage.root, stage.workdir);
  switch (keyword) {
    case 'WORKDIR': {
      await mkdir(join(stage.root, text), { recursive: true });
      return { ...stage, workdir: text };
    }
    case 'COPY':
      await copy(words, here, stages);
      return stage;
    case 'RUN':
      await runInstruction(text, here, stage.env);
      return stage;
    case 'ENV':
      return {
        ...stage,
        env: { ...stage.env, ...Object.fromEntries(words.map((word) => word.split('='))) },
      };
    case 'USER':
      return { ...stage, user: text };
    case 'ENTRYPOINT':
      return { ...stage, entrypoint: JSON.parse(text) };
    case 'CMD':
      return { ...stage, command: JSON.parse(text) };
    default:
      throw new Error(`The instruction ${keyword} is not supported here.`);
  }
}

async function copy(
  words: readonly string[],
  here: string,
  stages: readonly Stage[],
): Promise<void> {
  const options = words.filter((word) => word.startsWith('--'));
  const paths = words.filter((word) => !word.startsWith('--'));
  const sources = paths.slice(0, -1);
  const target = paths.at(-1) ?? '';
  const [from, ...unknown] = options.map((option) => /^--from=(.+)$/.exec(option)?.[1]);
  if (unknown.length > 0 || (options.length > 0 && from === undefined)) {
    throw new Error(`The options of COPY ${words.join(' ')} are not supported here.`);
  }
  const origin = from === undefined ? repository : stages.find(({ name }) => name === from)?.root;
  if (origin === undefined) throw new Error(`There is no stage ${from}.`);
  for (const source of sources) {
    const path = join(origin, source);
    const into = target.endsWith('/') ? join(here, target, basename(source)) : join(here, target);
    if (from === undefined) await allowedByIgnoreFile(source);
    await mkdir(dirname(into), { recursive: true });
    await cp(path, into, { recursive: true, verbatimSymlinks: true });
  }
}

/** Throws unless .dockerignore, which lists everything that may be sent to the builder, lets a source through. */
async function allowedByIgnoreFile(source: string): Promise<void> {
  const lines = (await readFile(join(repository, '.dockerignore'), 'utf8')).split('\n');
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  if (!lines.includes('*'))
    throw new Error('The file .dockerignore does not exclude everything first.');
  if (allowed.some((path) => path === source || source.startsWith(`${path}/`))) return;
  throw new Error(`COPY ${source}: .dockerignore keeps it from the builder.`);
}

async function runInstruction(
  text: string,
  here: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  if (text.startsWith('npm ci')) return install(text.split(' ').slice(2), here);
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  await run('/bin/sh', ['-c', text], { cwd: here, env: { ...env, PATH: path } });
}

interface LockedPackage {
  readonly dev?: true;
  readonly optional?: true;
  readonly devOptional?: true;
  readonly peer?: true;
}

/** Copies the packages that `npm ci` would install, by the flags in the lock file. */
async function install(options: readonly string[], here: string): Promise<void> {
  const installed = join(repository, 'node_modules');
  if (!options.includes('--ignore-scripts')) throw new Error('Scripts of packages are not run.');
  const omitted = options.flatMap((option) => /^--omit=(.+)$/.exec(option)?.[1] ?? []);
  if (omitted.length === 0) return symlink(installed, join(here, 'node_modules'));

  const lock = JSON.parse(await readFile(join(here, 'package-lock.json'), 'utf8'));
  const isOmitted = ({ dev, optional, devOptional, peer }: LockedPackage) =>
    (dev && omitted.includes('dev')) ||
    (optional && omitted.includes('optional')) ||
    (devOptional && omitted.includes('dev') && omitted.includes('optional')) ||
    (peer && omitted.includes('peer'));
  const kept = Object.entries<LockedPackage>(lock.packages).flatMap(([path, entry]) =>
    path === '' || isOmitted(entry) ? [] : [path],
  );
  for (const path of kept) {
    const nested = join(repository, path, 'node_modules');
    await stat(join(repository, path));
    await cp(join(repository, path), join(here, path), {
      recursive: true,
      filter: (source) => !source.startsWith(nested),
    });
  }
}
