import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './repository.mjs';

/** Files that npm publishes besides the compiled code. */
const PUBLISHED = ['package.json', 'README.md', 'LICENSE', 'bin', 'migrations/central', 'prisma'];

/** Builds the package into a folder as npm would find it, beside the checkout's own `dist`. */
export function stagePackage(folder: string): void {
  for (const file of PUBLISHED) {
    cpSync(join(repository, file), join(folder, file), { recursive: true });
  }
  const build = join(repository, 'scripts/build.ts');
  execFileSync(process.execPath, [build, join(folder, 'dist')], { stdio: 'inherit' });
}

/** Makes the tarball that npm would publish of it, in a folder, and returns its path. No script is run. */
export function packStaged(staged: string, output: string): string {
  mkdirSync(output, { recursive: true });
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', output],
    { cwd: staged, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  return join(output, filename);
}

/** Both, without the folder between. */
export function packPackage(output: string): string {
  const staged = mkdtempSync(join(tmpdir(), 'fanfold-staged-'));
  try {
    stagePackage(staged);
    return packStaged(staged, output);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}
