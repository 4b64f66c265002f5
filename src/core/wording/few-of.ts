const FEW = 5;

/** `a, b, c, d, e and 7 more` */
export function fewOf(words: readonly string[]): string {
  const shown = words.slice(0, FEW).join(', ');
  return words.length > FEW ? `${shown} and ${words.length - FEW} more` : shown;
}
