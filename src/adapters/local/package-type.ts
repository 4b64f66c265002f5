import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How Node reads a `.js` file in `directory`: the `type` of the nearest package.json. */
export async function packageType(directory: string): Promise<'module' | 'commonjs'> {
  const text = await readIfThere(join(directory, 'package.json'));
  if (text !== undefined) return typeOf(text);
  const parent = dirname(directory);
  return parent === directory ? 'commonjs' : packageType(parent);
}

function typeOf(packageJson: string): 'module' | 'commonjs' {
  try {
    return JSON.parse(packageJson).type === 'module' ? 'module' : 'commonjs';
  } catch {
    return 'commonjs';
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
