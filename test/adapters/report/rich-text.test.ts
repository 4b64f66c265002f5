import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { richText, splitCommand } from '../../../src/adapters/report/rich-text.ts';

describe('a text to be copied', () => {
  it.each([
    ['List them: `fanfold tenant:list`', 'List them: <code>fanfold tenant:list</code>'],
    ['`fanfold a` and `fanfold b`.', '<code>fanfold a</code> and <code>fanfold b</code>.'],
    ["``fanfold resolve 'a`b'``", '<code>fanfold resolve &#39;a`b&#39;</code>'],
    ['`NODE_OPTIONS=-x fanfold a`', '<code>NODE_OPTIONS=-x fanfold a</code>'],
    ['Type: GRANT ALL ON `db`.* TO x;', 'Type: <code>GRANT ALL ON `db`.* TO x;</code>'],
    ['KILL 7; KILL 8;', '<code>KILL 7;</code> <code>KILL 8;</code>'],
  ])('a text to be copied becomes code: %j', (text, markup) => {
    expect(richText(text).markup).toBe(markup);
  });

  it.each(['Nothing is closed ` here', 'Table `tasks` of a server', ''])(
    'a text to be copied stays plain text: %j',
    (text) => {
      expect(richText(text).markup).toBe(text);
    },
  );

  it('a text to be copied is split from the prose before it, and can be replaced', () => {
    const text = 'Store it: `fanfold a`. If there is no account: CREATE USER b;';
    expect(splitCommand(text)).toEqual({ prose: 'Store it:', command: 'fanfold a' });
    expect(splitCommand(text, 'fanfold c')).toEqual({ prose: 'Store it:', command: 'fanfold c' });
    expect(splitCommand('Wait.')).toEqual({ prose: 'Wait.' });
    expect(splitCommand('Wait.', 'fanfold c')).toEqual({ prose: 'Wait.', command: 'fanfold c' });
  });
});

it('richText escapes everything in a text, inside and outside of code', () => {
  const unit = fc.constantFrom(
    '`fanfold ',
    '`',
    '``',
    'GRANT ',
    ';',
    'a',
    '<i>',
    '&',
    '"',
    '\n',
    '\u202E',
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), (parts) => {
      const { markup } = richText(parts.join(''));
      expect(markup.replace(/<\/?code>/g, '')).not.toMatch(/[<>"\u202E]/);
      expect(markup.match(/<code>/g)?.length ?? 0).toBe(markup.match(/<\/code>/g)?.length ?? 0);
    }),
  );
});
