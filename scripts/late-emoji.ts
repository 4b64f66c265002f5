import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const PATTERN = String.raw`const rgiEmojiRegex = /^\p{RGI_Emoji}$/v;`;

/**
 * The same answers from two patterns that are quick to make; the slow one is for sequences alone. Each sequence
 * begins with a character that is an emoji by itself, and one that is shown as such by default is a sequence of one.
 */
const LATE = String.raw`let sequences;
const rgiEmojiRegex = {
	test: (text) =>
		/^[\p{Emoji_Presentation}--\p{Regional_Indicator}]$/v.test(text) ||
		(/^\p{Emoji}./sv.test(text) && (sequences ??= new RegExp('^\\p{RGI_Emoji}$', 'v')).test(text)),
};`;

/**
 * An esbuild plugin for string-width: V8 takes 25 to 50 ms to make its pattern of all emoji, at every start of the
 * command. An older version
 * has no such pattern; throws if a newer one writes it otherwise.
 */
export const lateEmoji: Plugin = {
  name: 'late-emoji',
  setup(build) {
    build.onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('RGI_Emoji')) return undefined;
      if (!text.includes(PATTERN)) throw new Error(`${path} no longer has: ${PATTERN}`);
      return { contents: text.replace(PATTERN, () => LATE) };
    });
  },
};
