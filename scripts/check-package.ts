// node scripts/check-package.ts
//
// Builds the package beside the checkout's own dist/, checks with publint and arethetypeswrong what npm would
// publish, and loads the binary and the modules of both builds as users do.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packStaged, stagePackage } from './pack-package.ts';
import { repository } from './repository.mjs';

// Inside node_modules, so that the built files find their dependencies.
const cache = join(repository, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'fanfold-package-'));

/** A user's stack, with the construct and its functions from the package. */
const STACK_OF_A_USER = `
import { App, Stack } from 'aws-cdk-lib';
import { TenantMigrations } from 'fanfold/cdk';

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Theirs');
new TenantMigrations(stack, 'Migrations', {
  migrationsFolder: ${JSON.stringify(join(repository, 'demo/migrations'))},
});
app.synth();
`;

try {
  stagePackage(folder);
  node(join(repository, 'node_modules/publint/src/cli.js'), folder, '--strict');
  // Types under each way in which TypeScript resolves modules, that of Nest's defaults among them.
  node(
    join(repository, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
    packStaged(folder, folder),
  );
  node(join(folder, 'bin/fanfold.cjs'), '--version');
  node(join(folder, 'dist/src/api/index.js'));
  node(join(folder, 'dist/cjs/src/api/index.js'));
  node('--input-type=module', '--eval', STACK_OF_A_USER);
  node('--input-type=commonjs', '--eval', asCommonJs(STACK_OF_A_USER));
} catch (error) {
  // The output of the failed command is above.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function asCommonJs(source: string): string {
  return source.replaceAll(/import (\{.*\}) from (.*);/g, 'const $1 = require($2);');
}

function node(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
}
