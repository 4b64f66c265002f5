import type { ExistingChange, LintedStatement } from '../linted-statement.ts';
import type { Breach, LintedMigration, Rule } from '../rule.ts';

/** Checks one change of an existing table; returns a message for each breach. */
type ChangeCheck = (change: ExistingChange) => Iterable<string>;

/** Makes a check of a migration that checks each change of an existing table. */
export function eachChange(check: ChangeCheck): Rule['check'] {
  return function* ({ statements = [] }: LintedMigration) {
    for (const statement of statements) {
      for (const change of statement.existing) yield* breaches(statement, check(change));
    }
  };
}

/** The breaches of a statement, one for each message. */
export function* breaches(
  statement: LintedStatement,
  messages: Iterable<string>,
): Generator<Breach, void, undefined> {
  for (const message of messages) yield { statement, message };
}
