// node scripts/check-bundles.ts
//
// Bundles the functions as a deployment does, and checks their sizes: a function that is not warm has to be
// fetched, and its code read, before it does anything. Prints the sizes.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLambdas } from '../lib/bundle-lambdas.ts';
import type { LambdaName } from '../src/core/wire/lambda-names.ts';
import { repository } from './repository.mjs';

/** MB of code, minified, with the files next to it; source maps do not count. */
const BUDGETS: Readonly<Record<LambdaName, number>> = {
  'list-tenants': 3.5,
  'migrate-tenant': 1.8,
  'reduce-outcomes': 0.65,
  'settle-run': 1,
  // The lister without its SDK of migrations, and the driver.
  'watch-digests': 4,
  'on-deploy': 0.5,
  // The code of lister and migrator together.
  'provision-tenant': 4.3,
  operate: 4.5,
};

const folder = mkdtempSync(join(tmpdir(), 'fanfold-bundles-'));
try {
  const { assets } = bundleLambdas({
    migrationsFolder: join(repository, 'demo/migrations'),
    outputFolder: folder,
  });
  for (const [name, asset] of Object.entries(assets) as [LambdaName, string][]) {
    const code = readdirSync(asset).filter((file) => !file.endsWith('.map'));
    const bytes = code.reduce((sum, file) => sum + statSync(join(asset, file)).size, 0);
    const size = (bytes / 1e6).toFixed(2);
    console.log(`${name.padEnd(16)} ${size} MB of ${BUDGETS[name]} MB`);
    if (bytes <= BUDGETS[name] * 1e6) continue;
    console.error(`${name} is too large: look at what it imports (esbuild's metafile tells).`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
