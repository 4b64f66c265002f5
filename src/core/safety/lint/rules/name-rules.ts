import { reservedBy } from '../reserved-words.ts';
import type { Rule } from '../rule.ts';
import { breaches, eachChange } from './each-change.ts';
import { createdBy } from './table-rules.ts';

/** Rules about names of new tables and columns. */
export const NAME_RULES: readonly Rule[] = [
  {
    name: 'reserved-word',
    judges: 'statements',
    severity: 'off',
    finds: 'a new table or column whose name is a reserved word of MySQL or MariaDB',
    why: 'Plain SQL with that name fails without quotes, on one of the servers or after its next version.',
    safeWay: 'Choose another name: `position` for `order`, `team` for `groups`.',
    *check(migration) {
      for (const [statement, { name, columns }] of createdBy(migration)) {
        yield* breaches(statement, reservedNames([name]));
        yield* breaches(
          statement,
          reservedNames(
            columns.map((column) => column.name),
            name,
          ),
        );
      }
      yield* eachChange(function* ({ before, after, added }) {
        if (before.name !== after.name) yield* reservedNames([after.name]);
        yield* reservedNames(
          added.map(({ name }) => name),
          after.name,
        );
      })(migration);
      for (const statement of migration.statements ?? []) {
        const columns = statement.renames.filter(({ what }) => what === 'column');
        yield* breaches(statement, reservedNames(columns.map(({ to }) => to)));
      }
    },
  },
];

function* reservedNames(
  names: readonly string[],
  table?: string,
): Generator<string, void, undefined> {
  for (const name of names) {
    const servers = reservedBy(name);
    const shown = table === undefined ? name : `${table}.${name}`;
    if (servers !== undefined)
      yield `${shown} has a name that ${servers} reserve${servers.includes(' and ') ? '' : 's'}.`;
  }
}
