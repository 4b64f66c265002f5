/**
 * New migrations that sort before a committed one, each with the newest committed one.
 *
 * @param committed ids of migrations in the history of the project; `undefined` if that is not known
 */
export function olderThanCommitted(
  ids: readonly string[],
  committed: ReadonlySet<string> | undefined,
): ReadonlyMap<string, string> {
  const newest = ids.findLastIndex((id) => committed?.has(id) === true);
  const last = ids[newest];
  const older = ids.filter((id, at) => at < newest && committed?.has(id) !== true);
  return new Map(last === undefined ? [] : older.map((id) => [id, last]));
}
