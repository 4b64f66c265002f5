import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { type Screen, usingScreen } from '../../../src/cli/output/screen.ts';
import { Verbatim } from '../../../src/cli/output/verbatim.ts';
import { writeError } from '../../../src/cli/output/write-error.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { fakeHost } from '../support/fake-host.ts';

/** Commands get longer, as in a project whose scripts are typed with npm. */
const invocation = { commandLine: (words: string) => `npm run --silent ${words} --` };

function hostOf(columns: number, color = true) {
  return { ...fakeHost({ columns, color }), invocation };
}

async function printed(columns: number, lines: readonly (string | Verbatim)[]): Promise<string[]> {
  const host = fakeHost({ columns, color: true });
  await usingScreen({ ...host, invocation }, async (screen: Screen) => screen.print(lines));
  return stripVTControlCharacters(host.out).trimEnd().split('\n');
}

const COMMAND = '`fanfold migrate:retry 20260101-0000 --rounds 3`';
const TYPED = 'npm run --silent migrate:retry 20260101-0000 --rounds 3 --';

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).map(
  // Spaces and backticks have a meaning of their own.
  (text) => text.replace(/[\s`\p{C}]/gu, '_'),
);
const red = word.map((text) => `\u001b[31m${text}\u001b[39m`);
const path = word.map((text) => `/srv/app/${text}`);
const line = fc
  .tuple(
    fc.constantFrom('', '   ', '     '),
    fc.array(fc.oneof(word, red, path, fc.constant(COMMAND)), { minLength: 1, maxLength: 20 }),
  )
  .map(([indent, words]) => ({ indent, words }));

test('no line of any text is wider than the terminal, unless it is one word; and no word is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      line,
      fc.integer({ min: 20, max: 120 }),
      async ({ indent, words }, columns) => {
        const lines = await printed(columns, [indent + words.join(' ')]);
        const shown = words.map((each) =>
          each === COMMAND ? TYPED : stripVTControlCharacters(each),
        );
        const isWord = (text: string) => shown.includes(text.replaceAll('`', ''));
        const tooWide = lines.filter((each) => stringWidth(each) > columns);
        expect(tooWide.map((each) => each.trim()).filter((each) => !isWord(each))).toEqual([]);
        const joined = (texts: readonly string[]) => texts.join(' ').split(/[ `]+/).filter(Boolean);
        expect(joined(lines)).toEqual(joined(shown));
      },
    ),
  );
});

test('output of other code and a line that fits stay as they are', async () => {
  const code = new Verbatim('x '.repeat(50).trim());
  expect(await printed(40, [code, '  a   table', ''])).toEqual([code.text, '  a   table']);
});

test('an error that ends the command is no wider either', () => {
  const host = hostOf(66, false);
  const nextStep = `Look at it, correct it, and then resume by ${COMMAND}, or stop.`;
  const error = new FanfoldError('WouldCopy', 'long '.repeat(40), { fault: 'migration', nextStep });
  let text = '';
  host.stderr.write = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  writeError(error, host, false);
  const tooWide = text.split('\n').filter((each) => stringWidth(each) > 66);
  expect(tooWide).toEqual([]);
});
