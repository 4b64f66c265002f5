// npm test -- [files and options of vitest]
//
// All tests. Those of the command line run the command of the packed package: it is what people install, and it starts
// in half of the time of its source. The package is packed for other tests anyway. With files named, it is the source.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packedTarball } from './packed-tarball.ts';
import { repository } from './repository.mjs';

const options = process.argv.slice(2);
if (options.every((option) => option.startsWith('-'))) {
  process.env.FANFOLD_TEST_COMMAND = await unpackedCommand();
}
process.argv.splice(2, process.argv.length, 'run', ...options);
// A variable, because the file has no types.
const vitest = '../node_modules/vitest/vitest.mjs';
await import(vitest);

/** Below the repository, whose dependencies it finds, but not in `node_modules`, because it would be one itself there. */
async function unpackedCommand(): Promise<string> {
  const folder = join(repository, '.cache/packed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', await packedTarball(), '-C', folder, '--strip-components=1']);
  return join(folder, 'dist/command/main.js');
}
