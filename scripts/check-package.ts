// node scripts/check-package.ts
//
// Builds the package beside the checkout's own dist/, checks with publint and arethetypeswrong what npm would
// publish, how much an installation takes and how large functions are that are made of it, and loads the binary and
// the modules of both builds as users do.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { functionsTooLarge } from './function-sizes.ts';
import { installedSize } from './installed-size.ts';
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

/** The most that one `npm install fanfold` may add to a project. */
const MOST = { megabytes: 40, packages: 25 };

try {
  stagePackage(folder);
  checkSize();
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
  checkFunctions();
} catch (error) {
  // The output of the failed command is above.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function checkSize(): void {
  const { bytes, packages } = installedSize(folder);
  const size = `${(bytes / 1e6).toFixed(1)} MB in ${packages} packages`;
  console.log(`installed: ${size}`);
  if (bytes <= MOST.megabytes * 1e6 && packages <= MOST.packages) return;
  throw new Error(`At most ${MOST.megabytes} MB in ${MOST.packages} packages may be installed.`);
}

/** Functions are made of the bundled modules, which must not keep code that a function does not use. */
function checkFunctions(): void {
  const request = {
    project: join(repository, 'demo'),
    migrationsFolder: join(repository, 'demo/migrations'),
    outputFolder: join(folder, 'functions'),
  };
  const { output, status } = spawnSync(
    process.execPath,
    [join(folder, 'dist/src/bundling/main.js'), JSON.stringify(request)],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  if (status !== 0) throw new Error('The functions of the package could not be bundled.');
  const large = functionsTooLarge(JSON.parse(output[3] ?? '').assets);
  if (large.length > 0) throw new Error(`Too large when bundled from the package: ${large}`);
}

function asCommonJs(source: string): string {
  return source.replaceAll(/import (\{.*\}) from (.*);/g, 'const $1 = require($2);');
}

function node(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
}
