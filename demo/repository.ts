import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** The command line of this checkout. */
export const commandLine = join(repository, 'src', 'cli', 'main.ts');

/** The sample migrations, which the tenants of the demo get. */
export const tenantMigrations = join(repository, 'demo', 'migrations');
