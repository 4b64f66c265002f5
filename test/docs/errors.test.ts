import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorPage } from '../../src/adapters/report/error-page.ts';

/** Codes stand as the first argument of an error, in a factory's call, or as a `code` property. */
const THROWN = /(?:Error\(|explain\w*\(|\bcode:|\bcode =)\s*'([A-Z][A-Za-z]+)'/g;

function codesInSource(): Set<string> {
  const files = globSync('{src,lambdas}/**/*.ts');
  expect(files.length).toBeGreaterThan(50);
  const source = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return new Set([...source.matchAll(THROWN)].map(([, code]) => code as string));
}

function codesInDocs(): Set<string> {
  const rows = readFileSync('docs/errors.md', 'utf8').split('\n');
  const cells = rows.filter((row) => row.startsWith('| `')).map((row) => row.split(' | ')[0] ?? '');
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([A-Z]\w+)`/g)].map(([, code]) => code as string)),
  );
}

describe('docs/errors.md', () => {
  it('has every code that the sources throw', () => {
    const documented = codesInDocs();
    expect([...codesInSource()].filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has the anchor of every code, to which reports link: node scripts/anchor-errors.ts', () => {
    const page = readFileSync('docs/errors.md', 'utf8');
    const anchors = [...page.matchAll(/<a id="(\w+)"><\/a>/g)].map(([, code]) => code);
    expect(anchors.toSorted()).toEqual([...codesInDocs()].toSorted());
    expect(errorPage('TableExists')).toMatch(/\/errors\.md#TableExists$/);
  });

  it('has no code that nothing throws', () => {
    const sources = globSync('{src,lambdas}/**/*.ts')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect([...codesInDocs()].filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});
