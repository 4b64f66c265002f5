import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaName } from '../src/core/wire/lambda-names.ts';

/** MB of code, minified, with the files next to it; source maps do not count. */
const BUDGETS: Readonly<Record<LambdaName, number>> = {
  'list-tenants': 3.5,
  // With the client of S3, which few tenants need; it is evaluated for them only.
  'migrate-tenant': 2.1,
  'reduce-outcomes': 0.65,
  'settle-run': 1,
  // The lister without its SDK of migrations, and the driver.
  'watch-digests': 4,
  'on-deploy': 0.5,
  // The code of lister and migrator together.
  'provision-tenant': 4.3,
  operate: 4.5,
};

/** Prints the sizes of bundled functions, and returns the names of those that are too large. */
export function functionsTooLarge(assets: Readonly<Record<LambdaName, string>>): LambdaName[] {
  return (Object.entries(assets) as [LambdaName, string][]).flatMap(([name, asset]) => {
    const code = readdirSync(asset).filter((file) => !file.endsWith('.map'));
    const bytes = code.reduce((sum, file) => sum + statSync(join(asset, file)).size, 0);
    const size = (bytes / 1e6).toFixed(2);
    console.log(`${name.padEnd(16)} ${size} MB of ${BUDGETS[name]} MB`);
    return bytes <= BUDGETS[name] * 1e6 ? [] : [name];
  });
}
