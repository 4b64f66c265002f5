import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')];

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !(script in scripts) && script !== 'migrate:…')).toEqual([]);
  });

  it('names options that a command takes', () => {
    const sources = globSync('{src/cli,bench}/**/*.ts')
      .map((file) => readFileSync(file, 'utf8'))
      .join();
    const named = [...text.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(
      ([, option]) => option ?? '',
    );
    expect(
      named.filter(
        (option) =>
          !sources.includes(`--${option}`) &&
          !sources.includes(`'${option}'`) &&
          !sources.includes(`${option}:`),
      ),
    ).toEqual([]);
  });
});
