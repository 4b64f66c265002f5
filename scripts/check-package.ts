// node scripts/check-package.ts
//
// Builds the package beside the checkout's own dist/, has publint look at what npm would publish,
// and loads what its users load: the binary, and the module.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

// Inside node_modules, so that the built files find their dependencies.
const cache = join(repository, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'fanfold-package-'));

/** A stack of somebody else, with the construct and its functions out of the package. */
const STACK_OF_A_USER = `
import { App, Stack } from 'aws-cdk-lib';
import { TenantMigrations } from 'fanfold/cdk';

const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Theirs');
new TenantMigrations(stack, 'Migrations', {
  migrationsFolder: ${JSON.stringify(join(repository, 'migrations/tenant'))},
});
app.synth();
`;

try {
  for (const file of ['package.json', 'LICENSE', 'migrations/central', 'prisma']) {
    cpSync(join(repository, file), join(folder, file), { recursive: true });
  }
  node(join(repository, 'scripts/build.ts'), join(folder, 'dist'));
  node(join(repository, 'node_modules/publint/src/cli.js'), folder, '--strict');
  node(join(folder, 'dist/src/cli/main.js'), '--version');
  node(join(folder, 'dist/src/index.js'));
  node('--input-type=module', '--eval', STACK_OF_A_USER);
} catch (error) {
  // What the failed command had to say stands above.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function node(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
}
