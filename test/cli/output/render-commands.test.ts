import { expect, test } from 'vitest';
import type { Invocation } from '../../../src/cli/invocation/invocation.ts';
import { type Palette, plainPalette } from '../../../src/cli/output/palette.ts';
import { renderCommands } from '../../../src/cli/output/render-commands.ts';
import { commandSpan } from '../../../src/core/wording/command-span.ts';

const npx: Invocation = { commandLine: (words) => `npx fanfold ${words}` };
const bold: Palette = { ...plainPalette, strong: (text) => `*${text}*` };

const render = (text: string, palette = plainPalette) => renderCommands(text, npx, palette);

test('a command at the end of a line is shown without backticks', () => {
  expect(render('Retry with: `fanfold migrate:retry last`')).toBe(
    'Retry with: npx fanfold migrate:retry last',
  );
  expect(render('\u001b[31mRetry: `fanfold stop x`\u001b[39m')).toBe(
    '\u001b[31mRetry: npx fanfold stop x\u001b[39m',
  );
});

test('a command inside a sentence keeps its backticks unless it is bold', () => {
  const text = 'Drop it (`fanfold tenant:provision <slug> --undo`) and provision it with --user.';
  expect(render(text)).toBe(
    'Drop it (`npx fanfold tenant:provision <slug> --undo`) and provision it with --user.',
  );
  expect(render(text, bold)).toBe(
    'Drop it (*npx fanfold tenant:provision <slug> --undo*) and provision it with --user.',
  );
});

test('variables before a command stay before it', () => {
  expect(render('`KEY=a B=/c fanfold secrets:rotate --keep-old`')).toBe(
    'KEY=a B=/c npx fanfold secrets:rotate --keep-old',
  );
});

test('SQL and messages of a server keep their backticks', () => {
  for (const text of [
    'Table `fanfold` is full',
    "Unknown column `a` in `fanfold`.`b`, near '`fanfold'",
    'Run `GRANT ALL ON x.* TO y` first',
  ]) {
    expect(render(text)).toBe(text);
  }
});

test('words from elsewhere are quoted, whatever they contain', () => {
  expect(render(commandSpan('migrate:tenant', "o'brien & co"))).toBe(
    "npx fanfold migrate:tenant 'o'\\''brien & co'",
  );
  expect(render(`${commandSpan('migrate:tenant', 'a`b')} again`)).toBe(
    "``npx fanfold migrate:tenant 'a`b'`` again",
  );
  expect(commandSpan('migrate:tenant', '<slug>', '--to', '$(reboot)', '')).toBe(
    "`fanfold migrate:tenant <slug> --to '$(reboot)' ''`",
  );
});
