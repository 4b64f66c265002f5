// node scripts/build.ts [folder]
//
// Writes the compiled package to dist/, or to another folder.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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

// The compiler copies package.json, because the sources import their version from it. Of a second
// one below the package's own only this much is true.
const { name, version, type } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
writeFileSync(
  join(output, 'package.json'),
  `${JSON.stringify({ name, version, type }, null, 2)}\n`,
);
