import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorPage } from '../../src/adapters/report/error-page.ts';
import { ERROR_CODES } from '../../src/core/error-codes.ts';
import { FINDING_CODES, NOTE_CODES, POOL_FINDING_CODES } from '../../src/core/note-codes.ts';

function codesInDocs(): Set<string> {
  const rows = readFileSync('docs/reference/errors.md', 'utf8').split('\n');
  const cells = rows.filter((row) => row.startsWith('| `')).map((row) => row.split(' | ')[0] ?? '');
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([A-Z]\w+)`/g)].map(([, code]) => code as string)),
  );
}

describe('docs/reference/errors.md', () => {
  it('docs/reference/errors.md has every code of the registry, and no other', () => {
    const known = new Set<string>([
      ...Object.keys(ERROR_CODES),
      ...NOTE_CODES,
      ...FINDING_CODES,
      ...POOL_FINDING_CODES,
    ]);
    expect([...codesInDocs()].toSorted()).toEqual([...known].filter(isCapital).toSorted());
  });

  it('docs/reference/errors.md has the anchor of every code, to which reports link: node scripts/anchor-errors.ts', () => {
    const page = readFileSync('docs/reference/errors.md', 'utf8');
    const anchors = [...page.matchAll(/<a id="(\w+)"><\/a>/g)].map(([, code]) => code);
    expect(anchors.toSorted()).toEqual([...codesInDocs()].toSorted());
    expect(errorPage('TableExists')).toMatch(/\/errors\.md#TableExists$/);
  });

  it('docs/reference/errors.md has no code that nothing throws', () => {
    const registry = join('src', 'core', 'error-codes.ts');
    const sources = globSync('{src,lambdas}/**/*.ts')
      .filter((file) => file !== registry)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect([...codesInDocs()].filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

/** `ahead` is the one code that is an ordinary word. */
function isCapital(code: string): boolean {
  return /^[A-Z]/.test(code);
}
