import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';

it('docs/reference/aws-configuration.md has every key of the configuration, and no other', () => {
  const text = readFileSync('docs/reference/aws-configuration.md', 'utf8');
  const [, section = ''] = text.split('\n## Configuration\n');
  const [table = ''] = section.split('\n## ');
  const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
  let known: string[] = [];
  try {
    parseConfig({ nonsense: true });
  } catch (error) {
    known = /known here: (.*)\./.exec((error as Error).message)?.[1]?.split(', ') ?? [];
  }
  expect(known).not.toEqual([]);
  expect(documented).toEqual(known);
});
