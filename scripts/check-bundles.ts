// node scripts/check-bundles.ts
//
// Bundles the functions as a deployment does, and checks their sizes: a function that is not warm has to be
// fetched, and its code read, before it does anything. Prints the sizes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLambdas } from '../lib/bundle-lambdas.ts';
import { functionsTooLarge } from './function-sizes.ts';
import { repository } from './repository.mjs';

const folder = mkdtempSync(join(tmpdir(), 'fanfold-bundles-'));
try {
  const { assets } = bundleLambdas({
    migrationsFolder: join(repository, 'demo/migrations'),
    outputFolder: folder,
  });
  for (const name of functionsTooLarge(assets)) {
    console.error(`${name} is too large: look at what it imports (esbuild's metafile tells).`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
