// node scripts/build.ts [folder]
//
// Writes the compiled package to dist/, or to another folder.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repository } from './repository.mjs';

const output = resolve(repository, process.argv[2] ?? 'dist');
// What a file that is gone left behind would be published with the rest.
rmSync(output, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(repository, 'node_modules/@typescript/native/bin/tsc'),
    ...['--project', join(repository, 'tsconfig.build.json'), '--outDir', output],
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
