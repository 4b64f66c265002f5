import { expect, it } from 'vitest';
import { generatedPages } from '../../scripts/reference/generated-pages.ts';

it.each(await generatedPages())(
  '$path agrees with the program: else run npm run docs:generate',
  ({ found, expected }) => {
    expect(found).toBe(expected);
  },
);
