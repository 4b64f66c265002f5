import { shellWord } from './shell-word.ts';

/**
 * A command of ours inside a text, as a Markdown code span: `` `fanfold migrate:tenant acme-corp` ``.
 *
 * Texts carry the canonical command, because only the edge that shows them can determine how its reader calls
 * us: `fanfold …`, `npm run …`, `npx fanfold …`. Each word is quoted for a shell, since slugs and file
 * names are somebody else's; a placeholder such as `<slug>` stays as it is.
 */
export function commandSpan(command: string, ...words: readonly string[]): string {
  const text = ['fanfold', command, ...words.map(typedWord)].join(' ');
  // Markdown: a span that holds a backtick is fenced by two.
  return text.includes('`') ? `\`\`${text}\`\`` : `\`${text}\``;
}

/**
 * A command of ours in a code span of one or two backticks; variables may be set before it. The groups are those and the
 * words after `fanfold`, of two backticks, then of one.
 */
export const COMMAND_SPAN =
  /``((?:\w+=\S+ )*)fanfold ((?:[^`]|`(?!`))+)``|`((?:\w+=\S+ )*)fanfold ([^`]+)`/g;

function typedWord(word: string): string {
  return PLACEHOLDER.test(word) ? word : shellWord(word);
}

const PLACEHOLDER = /^<[a-z][a-z|:. -]*>$/;
