/** The members of a column type such as `enum('a','it''s')` or `set('a')`, in which a quote is doubled. */
export function enumMembers(columnType: string): string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) =>
    member.replaceAll("''", "'"),
  );
}
