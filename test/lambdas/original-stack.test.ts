import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { originalStack } from '../../lambdas/original-stack.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';

const SOURCE = `
interface Given { readonly name: string }

export function fail(given: Given): never {
  const { name } = given;
  throw new TypeError(name);
}
`;

/** Code as it is bundled, with the map beside it, and the stack that it throws. */
async function thrownStack(isMapped: boolean): Promise<string> {
  const folder = await fixtureFolder();
  const file = join(folder, 'index.mjs');
  const { code, map } = await transform(SOURCE, {
    ...{ loader: 'ts', minify: true, format: 'esm' },
    ...{ sourcemap: 'external', sourcefile: 'src/core/failing.ts', sourcesContent: false },
  });
  await writeFile(file, code);
  if (isMapped) await writeFile(`${file}.map`, map);
  const { fail } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  try {
    return fail({ name: 'no such thing' });
  } catch (error) {
    return (error as Error).stack ?? '';
  }
}

it('a trace of bundled code names its source', async () => {
  const stack = await thrownStack(true);
  expect(stack).toMatch(/index\.mjs:\d+:\d+/);
  const original = await originalStack(stack);
  expect(original).toContain('TypeError: no such thing');
  expect(original).toMatch(/src\/core\/failing\.ts:6:\d+/);
});

it('a trace without a map, or a text that is not a trace, is unchanged', async () => {
  const stack = await thrownStack(false);
  expect(await originalStack(stack)).toBe(stack);
  expect(await originalStack('')).toBe('');
});
