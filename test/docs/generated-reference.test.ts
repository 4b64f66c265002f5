import { expect, it } from 'vitest';
import { generatedPages } from '../../scripts/reference/generated-sections.ts';

it.each(generatedPages())(
  '$path has what the program has: npm run docs:generate',
  ({ found, expected }) => {
    expect(found).toBe(expected);
  },
);
