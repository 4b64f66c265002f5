import type { ColumnDefinition } from '../../table-definition.ts';
import type { Rule } from '../rule.ts';
import { breaches, eachChange } from './each-change.ts';
import { createdBy } from './table-rules.ts';

/** Rules about the types of new columns. They are off, because tastes differ. */
export const TYPE_RULES: readonly Rule[] = [
  typeRule({
    name: 'float-column',
    finds: 'a new column of FLOAT or DOUBLE',
    why: 'They hold binary fractions: 0.1 is not 0.1, and sums of amounts are off.',
    safeWay: 'Use DECIMAL for amounts.',
    says: ({ type }) => (/^(?:float|double|real)\b/.test(type) ? type : undefined),
  }),
  typeRule({
    name: 'timestamp-column',
    finds: 'a new column of TIMESTAMP',
    why: 'MySQL ends it on 19 January 2038, and each session sees it in its own time zone.',
    safeWay: 'Use DATETIME and write UTC; in Knex `table.datetime`.',
    says: ({ type }) => (type.startsWith('timestamp') ? type : undefined),
  }),
  typeRule({
    name: 'zero-date',
    finds: 'a new column with a zero date as its default',
    why: 'In strict mode the server refuses such dates, so that later changes of the table fail.',
    safeWay: 'Allow NULL.',
    says: ({ default: given = '' }) =>
      /^'?0000-00-00/.test(given) ? `by default ${given}` : undefined,
  }),
];

/** A rule about the type of new columns, in new tables as in existing ones. */
function typeRule({
  says,
  ...rule
}: Pick<Rule, 'name' | 'finds' | 'why' | 'safeWay'> & {
  /** The fault of the column; `undefined` if it has none. */
  readonly says: (column: ColumnDefinition) => string | undefined;
}): Rule {
  return {
    ...rule,
    judges: 'statements',
    severity: 'off',
    *check(migration) {
      for (const [statement, { name, columns, isView }] of createdBy(migration)) {
        if (!isView) yield* breaches(statement, said(name, columns));
      }
      yield* eachChange(({ after, added }) => said(after.name, added))(migration);
    },
  };

  function* said(table: string, columns: readonly ColumnDefinition[]) {
    for (const column of columns) {
      const what = says(column);
      if (what !== undefined) yield `${table}.${column.name} is ${what}.`;
    }
  }
}
