import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSpelling } from '../../scripts/words/check-spelling.ts';
import { checkTerms } from '../../scripts/words/check-terms.ts';
import { GLOSSARY, NAMES, OPENINGS } from '../../scripts/words/glossary.ts';

describe('the glossary', () => {
  it.each(GLOSSARY)(
    'the glossary finds "$bad" in documents, comments, messages and titles',
    async ({ bad }) => {
      expect(await wordsIn('docs/page.md', `# Page\n\n${bad}\n`)).toHaveLength(1);
      expect(await wordsIn('lib/file.ts', `/** ${bad} */\nexport const a = 1;`)).toHaveLength(1);
      expect(await wordsIn('lib/file.ts', `a = 1; // ${bad}`)).toHaveLength(1);
      expect(await wordsIn('src/file.ts', `throw new Error(${JSON.stringify(bad)});`)).toHaveLength(
        1,
      );
      expect(await wordsIn('test/a.test.ts', `it(${JSON.stringify(bad)}, run);`)).toHaveLength(1);
    },
  );

  it.each(GLOSSARY)('the glossary accepts "$good"', async ({ good }) => {
    expect(await wordsIn('docs/page.md', good)).toEqual([]);
    expect(await wordsIn('src/file.ts', `// ${good}\nsay(${JSON.stringify(good)});`)).toEqual([]);
  });

  it.each(OPENINGS)(
    'the glossary finds "$bad" at the beginning of a comment only',
    async ({ bad, good }) => {
      expect(await wordsIn('lib/file.ts', `/** ${bad} */\nexport const a = 1;`)).toHaveLength(1);
      expect(await wordsIn('lib/file.ts', `// ${good} ${bad}`)).toEqual([]);
      expect(await wordsIn('docs/page.md', bad)).toEqual([]);
    },
  );

  it.each(NAMES)('the glossary finds the name $bad and accepts $good', async ({ bad, good }) => {
    expect(await wordsIn('src/file.ts', `export function ${bad}() {}`)).toEqual(
      expect.arrayContaining([bad]),
    );
    expect(await wordsIn('src/file.ts', `export const it = { ${bad}: 1 };`)).toContain(bad);
    expect(await wordsIn('src/file.ts', `export function ${good}() {}`)).toEqual([]);
  });
});

describe('the place of a finding', () => {
  it('the place of a finding is where the words begin, even if they run over the end of a line', async () => {
    const source = [
      'const a = 1;',
      '  /**',
      '   * An interrupted migration is gone',
      '   * on with.',
      '   */',
      'function b() {}',
    ].join('\n');
    expect(await checkTerms('src/file.ts', source)).toEqual([
      { path: 'src/file.ts', line: 3, column: 34, words: 'gone on with', use: '(resume)' },
    ]);
  });

  it('a finding in adjacent line comments, which are one comment, has its own line', async () => {
    const source = '  // An interrupted migration is gone\n  // on with.\nrun();';
    expect(await checkTerms('src/file.ts', source)).toMatchObject([{ line: 1, column: 34 }]);
  });

  it('a finding in a message that is a sum of literals and templates has its own line', async () => {
    const source = `fail(\n  \`\${id} of \${name} is gone on \` +\n    'with later.',\n);`;
    expect(await checkTerms('src/file.ts', source)).toMatchObject([
      { line: 2, words: 'gone on with' },
    ]);
  });
});

it('the glossary does not judge code that is quoted, keys, SQL and literals of a test', async () => {
  const source = [
    '/**',
    ' * Calls `mend it`.',
    ' *',
    ' * ```',
    ' * mend it',
    ' * ```',
    ' */',
    "const key = 'mend';",
    "const sql = 'SELECT mend FROM stands';",
  ].join('\n');
  expect(await wordsIn('src/file.ts', source)).toEqual([]);
  expect(await wordsIn('test/file.test.ts', "expect(text).toBe('It stands there.');")).toEqual([]);
});

it('the spelling check finds an unknown word, and none in correct text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanfold-words-'));
  try {
    const [wrong, right] = [join(folder, 'wrong.md'), join(folder, 'right.md')];
    writeFileSync(wrong, 'A sentance.\n');
    writeFileSync(right, 'A sentence about a tenant and its knexfile.\n');
    expect(await checkSpelling([wrong, right])).toMatch(
      /wrong\.md:1:3 - Unknown word \(sentance\)/,
    );
    expect(await checkSpelling([right])).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

async function wordsIn(path: string, source: string): Promise<string[]> {
  return (await checkTerms(path, source)).map(({ words }) => words);
}
