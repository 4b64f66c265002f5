import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundledLambdas } from '../../../lib/bundle-lambdas.ts';
import { LAMBDA_NAMES } from '../../../src/core/wire/lambda-names.ts';

/** The bundles' part of a template. */
export const FAKE_HASH = 'f00d'.repeat(16);

const folder = mkdtempSync(join(tmpdir(), 'fanfold-bundles-'));

/**
 * Stands for the bundler, which takes seconds and whose output no template looks into. For
 * `vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'))`.
 */
export function bundleLambdas(): BundledLambdas {
  const assets = LAMBDA_NAMES.map((name) => {
    const asset = join(folder, name);
    mkdirSync(asset, { recursive: true });
    writeFileSync(join(asset, 'index.mjs'), `// ${name}\n`);
    return [name, asset];
  });
  return {
    assets: Object.fromEntries(assets),
    version: '1.2.3',
    bundleHash: FAKE_HASH,
    migrations: 3,
    config: { requiresRehearsal: false, requestDefaults: {} },
  };
}
