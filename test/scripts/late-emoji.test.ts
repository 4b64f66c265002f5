import { build } from 'esbuild';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { beforeAll, expect, it } from 'vitest';
import { lateEmoji } from '../../scripts/late-emoji.ts';
import { repository } from '../../scripts/repository.mjs';

let lateWidth: typeof stringWidth;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['string-width'],
    absWorkingDir: repository,
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [lateEmoji],
  });
  const [file] = outputFiles;
  const code = Buffer.from(file?.contents ?? []).toString('base64');
  const module = await import(`data:text/javascript;base64,${code}`);
  lateWidth = (module as { default: typeof stringWidth }).default;
});

/** The blocks with emoji, symbols and scripts; the others hold ideographs or nothing. */
const BLOCKS = [
  [0, 0x33_ff],
  [0xfe_00, 0xff_ff],
  [0x1_f0_00, 0x1_fb_ff],
] as const;

it('every character has the width in the bundle that string-width gives it, alone and as an emoji', () => {
  const wrong: string[] = [];
  for (const [first, last] of BLOCKS) {
    for (let code = first; code <= last; code += 1) {
      const character = String.fromCodePoint(code);
      for (const text of [character, `${character}\uFE0F`]) {
        if (lateWidth(text) !== stringWidth(text)) wrong.push(text);
      }
    }
  }
  expect(wrong).toEqual([]);
});

it('sequences of emoji have the width in the bundle that string-width gives them', () => {
  const part = fc.constantFrom(
    ...[
      '👩',
      '👨‍👩‍👧',
      '🇩🇪',
      '🇩',
      '🏴',
      '❤',
      '\uFE0F',
      '\u200D',
      '🏽',
      '#',
      '1',
      '\u20E3',
      '✅',
      'a',
      'é',
      '漢',
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      expect(lateWidth(text)).toBe(stringWidth(text));
    }),
    { numRuns: 2_000 },
  );
});
