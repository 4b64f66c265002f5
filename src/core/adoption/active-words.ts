import type { StatusCount } from './central-tables.ts';

/** The guide's word, which needs no mention in a configuration. */
export const USUAL_WORD = 'ACTIVE';

/** Words that mean "in use", whatever the language and however they are written. */
const ACTIVE = /^(?:active|aktiv|activo|ativo|activa|ativa|actif|attivo|actief|enabled|live)$/i;

/** The values of a flag. */
const YES = /^(?:1|true|yes|y|t)$/i;
const NO = /^(?:0|false|no|n|f)$/i;

/** The word of a status that means "this tenant is migrated"; `undefined` if that is not clear. */
export function activeWord(words: readonly string[]): string | undefined {
  if (words.includes(USUAL_WORD)) return USUAL_WORD;
  const meant = words.filter((word) => ACTIVE.test(word));
  if (meant.length > 0) return meant.length === 1 ? meant[0] : undefined;
  return words.every((word) => YES.test(word) || NO.test(word))
    ? only(words.filter((word) => YES.test(word)))
    : undefined;
}

/** The word of a flag that says the opposite, as `is_suspended`; `undefined` if that is not clear. */
export function inactiveWord(words: readonly string[]): string | undefined {
  return words.every((word) => YES.test(word) || NO.test(word))
    ? only(words.filter((word) => NO.test(word)))
    : undefined;
}

/** The words that a status has now, without those that are not set. */
export function wordsOf(counts: readonly StatusCount[]): string[] {
  return counts.flatMap(({ word }) => (word === null ? [] : [word]));
}

function only(words: readonly string[]): string | undefined {
  return words.length === 1 ? words[0] : undefined;
}
