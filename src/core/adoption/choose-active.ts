import { activeWord, inactiveWord, USUAL_WORD, wordsOf } from './active-words.ts';
import { activeWordUnclear } from './adoption-errors.ts';
import type { StatusCount } from './central-tables.ts';
import type { ProposedMapping } from './propose-mapping.ts';

/** The condition for active rows. */
export interface StatusFacts {
  readonly kind: ProposedMapping['statusKind'];
  /** Name of the column, for people. */
  readonly column: string;
  /** Words that the column may hold, if it is an ENUM. */
  readonly allowed: readonly string[];
  readonly counts: readonly StatusCount[];
}

/**
 * Decides which words mean "this tenant is migrated"; `undefined` for the usual one, which needs no
 * mention. Unclear cases are passed to `ask`. Throws `ActiveStatusUnclear` if there is no terminal.
 */
export async function chooseActive(
  { kind, column, allowed, counts }: StatusFacts,
  ask?: (words: readonly string[]) => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  if (kind === 'none') return undefined;
  const words = [...new Set([...wordsOf(counts), ...allowed])];
  const meant = wordMeant(kind, words);
  if (meant !== undefined) return meant === USUAL_WORD ? undefined : [meant];
  // An empty table says nothing yet, and the guide's word is as good as any.
  if (kind === 'words' && words.length === 0) return undefined;
  if (ask === undefined) throw activeWordUnclear(column, words);
  const chosen = await ask(words);
  return chosen.length === 1 && chosen[0] === USUAL_WORD ? undefined : chosen;
}

function wordMeant(kind: StatusFacts['kind'], words: readonly string[]): string | undefined {
  // A status of numbers may be a flag, or the key of another table.
  if (kind === 'words' && words.length < 2 && words.every((word) => /^\d+$/.test(word))) {
    return undefined;
  }
  if (kind === 'opposite') return inactiveWord(words) ?? (areFlags(words, '1') ? '0' : undefined);
  return activeWord(words) ?? (kind === 'flag' && areFlags(words, '0') ? '1' : undefined);
}

/** A flag that is set in every row, or in none, decides nothing yet. */
function areFlags(words: readonly string[], all: string): boolean {
  return words.every((word) => word === all);
}
