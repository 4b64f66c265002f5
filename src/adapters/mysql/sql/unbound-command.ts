import { areWords, isWord, type SqlToken } from './sql-tokens.ts';

/** Commands about partitions that are carried out in one way, whatever a clause demands. */
const OF_PARTITIONS = ['ANALYZE', 'CHECK', 'EXCHANGE', 'OPTIMIZE', 'REPAIR', 'TRUNCATE'] as const;

/** A command of ALTER TABLE for which no clause ALGORITHM or LOCK holds. */
export type UnboundCommand = (typeof OF_PARTITIONS)[number] | 'KEYS';

/**
 * The command of an ALTER TABLE that clauses do not bind. MySQL accepts `ALGORITHM=INSTANT, OPTIMIZE PARTITION p0` and
 * then rebuilds the whole table; MariaDB refuses the clause. `ENABLE KEYS` alone is nothing for InnoDB, but MyISAM builds
 * its indexes anew, also with INSTANT.
 */
export function unboundCommand(tokens: readonly SqlToken[]): UnboundCommand | undefined {
  if (!isWord(tokens[0], 'ALTER')) return undefined;
  const end = tokens.length - (tokens.at(-1)?.text === ';' ? 1 : 0);
  const isAlone = isWord(tokens[end - 2], 'DISABLE', 'ENABLE') && isWord(tokens[end - 1], 'KEYS');
  if (isAlone && !tokens.some(({ text }) => text === ',')) return 'KEYS';
  return OF_PARTITIONS.find((command) =>
    tokens.some((_, at) => at > 2 && areWords(tokens, at, command, 'PARTITION')),
  );
}
