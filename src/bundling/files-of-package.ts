import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FilesBeside } from './leaner.ts';

/**
 * Files that the code of the built package reads from the folder that it is in. In the repository there are none:
 * the `leaner` plugin finds them in the packages.
 *
 * @param root folder of our own code
 */
export function filesOfPackage(root: string): FilesBeside {
  const folder = join(root, 'chunks');
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => extname(name) !== '.js');
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
