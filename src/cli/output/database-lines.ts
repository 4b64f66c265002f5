import type { Attempt } from '../../core/migrate/attempt.ts';
import type { AppliedMigration } from '../../core/outcome.ts';
import type { DatabaseAddress } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { failureLines, keptMigrations } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** The result of migrating one database that is not a tenant, in the words of a tenant's. */
export function databaseLines(
  { host, port, database }: Pick<DatabaseAddress, 'host' | 'port' | 'database'>,
  attempt: Attempt,
  look: Look,
): string[] {
  const wrap = (text: string, indent = INDENT) => wrapText(printable(text), look.width, indent);
  return [
    ...resultLines(`${database} on ${host}:${port}`, attempt, look, wrap),
    ...attempt.notes.flatMap(({ message }) => wrap(`Note: ${message}`)),
  ];
}

function resultLines(
  name: string,
  attempt: Attempt,
  look: Look,
  wrap: (text: string, indent?: string) => string[],
): string[] {
  switch (attempt.status) {
    case 'migrated':
      return [
        ...wrap(`✅ ${name}: Ran ${countOf(attempt.applied.length, 'migration')}:`),
        ...listed(attempt.applied).flatMap((line) => wrap(line, '  ')),
      ];
    case 'continue':
      return [
        ...wrap(`⏸️  ${name}: Interrupted after ${countOf(attempt.applied.length, 'migration')}.`),
        ...listed(attempt.applied).flatMap((line) => wrap(line, '  ')),
        ...wrap('Call the command again to continue.', ''),
      ];
    case 'failed': {
      const { failure, applied } = attempt;
      return [
        ...wrap(`❌ ${name}: Migration failed: ${failure.message}`).map(look.palette.bad),
        ...failureLines(failure, look, keptMigrations(applied)),
      ];
    }
    default:
      return wrap(`✅ ${name}: Already up to date`);
  }
}

function listed(applied: readonly AppliedMigration[]): string[] {
  return applied.map(({ name }) => `- ${name}`);
}
