import type { Failure } from '../../core/failure.ts';
import type { AppliedMigration } from '../../core/outcome.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { shellWord } from '../../core/wording/shell-word.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { standingLines } from './standing-lines.ts';
import { wrapText } from './wrap-text.ts';

/** Facts about a failure, or about a group of equal ones. */
export type FailureFacts = Pick<
  Failure,
  'code' | 'migration' | 'statement' | 'errno' | 'sqlState' | 'statements' | 'nextStep'
> & {
  /** The tenant, if only one failed: commands in the next step then name it. */
  readonly slug?: string | undefined;
};

const INDENT = '   ';
/** Two lines of a terminal; the report has the whole statement. */
const STATEMENT_WIDTH = 150;
/** Migrations that are named before the rest is only counted. */
const NAMED_MIGRATIONS = 5;

/**
 * The place of a failure, the server's error and the next step, indented for under the line that reports the
 * failure. `between` comes before the next step, which people look for at the end.
 */
export function failureLines(
  facts: FailureFacts,
  look: Look,
  between: readonly string[] = [],
): string[] {
  const blocks: string[] = [];
  const { statements = [] } = facts;
  if (facts.migration !== undefined) blocks.push(`In ${facts.migration}${statementOf(facts)}`);
  blocks.push(`Error ${codes(facts)}`, ...between);
  const wrap = (block: string) =>
    wrapText(`${INDENT}${printable(block)}`, look.width, `${INDENT}  `);
  return [
    ...blocks.flatMap(wrap),
    ...standingLines(statements, look),
    ...wrap(`Next: ${asTyped(facts)}`),
  ];
}

/** Migrations that stay applied although the tenant failed; no line if there are none. */
export function keptMigrations(applied: readonly AppliedMigration[], leftOut = 0): string[] {
  return applied.length === 0 ? [] : [`Applied before it, and kept: ${namesOf(applied, leftOut)}`];
}

/** Migrations that were rolled back before the rollback failed; no line if there are none. */
export function revertedMigrations(reverted: readonly AppliedMigration[], leftOut = 0): string[] {
  return reverted.length === 0 ? [] : [`Rolled back before it: ${namesOf(reverted, leftOut)}`];
}

function namesOf(migrations: readonly AppliedMigration[], leftOut: number): string {
  const count = migrations.length + leftOut;
  const named = migrations.slice(0, NAMED_MIGRATIONS).map(({ name }) => name);
  if (count > named.length) named.push(`and ${count - named.length} more`);
  return `${countOf(count, 'migration')} (${named.join(', ')})`;
}

/** A command for one tenant names it; for several it is a pattern. */
function asTyped({ nextStep, slug }: FailureFacts): string {
  return slug === undefined ? nextStep : nextStep.replaceAll('<tenant>', shellWord(slug));
}

function statementOf({ statement }: FailureFacts): string {
  if (statement === undefined) return '';
  return `, statement ${statement.number}: ${cutToWidth(statement.text, STATEMENT_WIDTH)}`;
}

function codes({ code, errno, sqlState }: FailureFacts): string {
  const server = [
    ...(errno === undefined ? [] : [`errno ${errno}`]),
    ...(sqlState === undefined ? [] : [`SQLSTATE ${sqlState}`]),
  ];
  return server.length === 0 ? code : `${code} (${server.join(', ')})`;
}
