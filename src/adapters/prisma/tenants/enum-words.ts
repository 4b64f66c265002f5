/** The members of a column type such as `enum('a','it''s')`, in which a quote is doubled. */
export function enumWords(columnType: string): string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) =>
    word.replaceAll("''", "'"),
  );
}
