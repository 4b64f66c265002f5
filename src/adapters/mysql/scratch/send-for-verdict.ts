import type { Verdict } from '../../../core/safety/verdict.ts';
import { isServerError } from '../../server/server-error.ts';
import type { PacketAnswers } from '../migration/engine/send-packet.ts';
import { type AlterForms, alterForms, type DemandedWay } from '../sql/alter-forms.ts';
import { parseDdl } from '../sql/ddl.ts';
import { isExecutableComment } from '../sql/executable-comments.ts';
import { altersNoTable } from '../sql/not-tables.ts';
import { queryOfTable } from '../sql/query-of-table.ts';
import type { SqlMode } from '../sql/sql-mode.ts';
import { isWord, type SqlToken, sqlTokens } from '../sql/sql-tokens.ts';
import { unboundCommand } from '../sql/unbound-command.ts';

interface Way {
  readonly way: DemandedWay;
  readonly verdict: Verdict;
}

/** MySQL refuses a LOCK clause beside INSTANT (1221). */
const INSTANT: Way = { way: { algorithm: 'INSTANT' }, verdict: { how: 'instant' } };

/**
 * MariaDB before 11.2 accepts INSTANT alone for changes that it always copies, such as another engine, ORDER BY and
 * partitioning, but refuses to copy without a lock.
 */
const INSTANT_OF_MARIADB: Way = {
  way: { algorithm: 'INSTANT', lock: 'NONE' },
  verdict: { how: 'instant' },
};

/** The other ways from the mildest to the hardest, which is the order in which a server chooses without a clause. */
const WAYS: readonly Way[] = [
  {
    way: { algorithm: 'INPLACE', lock: 'NONE' },
    verdict: { how: 'in place', blocks: 'nothing' },
  },
  { way: { algorithm: 'INPLACE', lock: 'SHARED' }, verdict: { how: 'in place', blocks: 'writes' } },
  {
    way: { algorithm: 'INPLACE', lock: 'EXCLUSIVE' },
    verdict: { how: 'in place', blocks: 'everything' },
  },
  // MariaDB copies without a lock from 11.2 on.
  { way: { algorithm: 'COPY', lock: 'NONE' }, verdict: { how: 'copy', blocks: 'nothing' } },
  { way: { algorithm: 'COPY', lock: 'SHARED' }, verdict: { how: 'copy', blocks: 'writes' } },
  { way: { algorithm: 'COPY', lock: 'EXCLUSIVE' }, verdict: { how: 'copy', blocks: 'everything' } },
];

/**
 * Errors of a statement that cannot be carried out in the demanded way. The server has changed nothing then.
 * 1064: the statement takes no such clause; 1221: the clauses exclude each other; 1235 and 1845: not supported for
 * this change; 1800: an algorithm that this version does not know; 1846: not supported, with the reason.
 */
const NOT_THAT_WAY: ReadonlySet<number> = new Set([1064, 1221, 1235, 1800, 1845, 1846]);

type Send = (text: string) => Promise<PacketAnswers>;

/**
 * Sends a statement in the mildest way that the server accepts, which is the way in which the server carries it
 * out when the statement has no clause. The database must not be used by anybody else: a way that is accepted
 * has changed the table.
 */
export async function sendForVerdict(
  text: string,
  { mode, isMariaDb }: { readonly mode: SqlMode; readonly isMariaDb: boolean },
  send: Send,
): Promise<{ answers: PacketAnswers; verdict: Verdict }> {
  const isBound = unboundCommand(sqlTokens(text, mode)) === undefined;
  const forms = isBound ? alterForms(text, mode) : undefined;
  // MariaDB renames a table only under an exclusive lock.
  const isRename = parseDdl(text, mode)?.effect === 'rename';
  const all = [isMariaDb && !isRename ? INSTANT_OF_MARIADB : INSTANT, ...WAYS];
  const ways = forms === undefined ? [] : all.filter(({ way }) => isAllowed(way, forms.own));
  for (const { way, verdict } of ways) {
    const answers = await send(forms?.demanding(way) ?? text);
    if (answers.error === undefined) return { answers, verdict };
    // Any other error may be that of the statement itself, which shows without a clause.
    if (!isServerError(answers.error) || !NOT_THAT_WAY.has(answers.error.errno)) break;
  }
  return { answers: await send(text), verdict: withoutClause(text, mode, forms) };
}

function isAllowed({ algorithm, lock }: DemandedWay, own: AlterForms['own']): boolean {
  const isAlgorithm =
    own.algorithm === undefined ||
    own.algorithm === algorithm ||
    (own.algorithm === 'NOCOPY' && algorithm !== 'COPY');
  const isInstant = algorithm === 'INSTANT';
  return isAlgorithm && (isInstant || own.lock === undefined || own.lock === lock);
}

/** The verdict about a statement that went through without a demand. */
function withoutClause(text: string, mode: SqlMode, forms: AlterForms | undefined): Verdict {
  if (forms !== undefined)
    return unknown('the server takes no ALGORITHM clause with this statement');
  const tokens = sqlTokens(text, mode);
  if (tokens.some(isExecutableComment))
    return unknown('a comment that only some servers execute is a part of it');
  if (unboundCommand(tokens) === 'TRUNCATE') return { how: 'definition' };
  const copiesRows = isWord(tokens[0], 'CREATE') && areRowsSelected(tokens);
  if (copiesRows) return unknown('it copies the rows of a query');
  return isWord(tokens[0], 'CREATE', 'DROP', 'RENAME', 'TRUNCATE', 'GRANT', 'REVOKE') ||
    altersNoTable(tokens)
    ? { how: 'definition' }
    : unknown('the server takes no ALGORITHM clause with this statement');
}

/** Whether a CREATE TABLE takes rows from a query; bodies of routines and views only hold one. */
function areRowsSelected(tokens: readonly SqlToken[]): boolean {
  const table = tokens.findIndex((token, index) => index < 6 && isWord(token, 'TABLE'));
  return table > 0 && queryOfTable(tokens, table + 1) >= 0;
}

function unknown(why: string): Verdict {
  return { how: 'unknown', why };
}
