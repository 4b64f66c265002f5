/** Reserved on one of the servers, among the words that people call tables and columns. */
const RESERVED = new Set(
  'column condition database databases default function group groups index key keys of option order primary range rank read references release row rows schema schemas server system table usage values write'.split(
    ' ',
  ),
);

/** A name in SQL: in backticks only if it needs them, so that people can read the query. */
export function quoteName(name: string): string {
  const isPlain = /^[A-Za-z_][\w$]*$/.test(name) && !RESERVED.has(name.toLowerCase());
  return isPlain ? name : `\`${name.replaceAll('`', '``')}\``;
}
