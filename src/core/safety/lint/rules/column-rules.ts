import type { ColumnDefinition } from '../../table-definition.ts';
import type { Rule } from '../rule.ts';
import { eachChange } from './each-change.ts';

/** Rules about columns of tables that tenants already have. */
export const COLUMN_RULES: readonly Rule[] = [
  {
    name: 'drops-column',
    judges: 'statements',
    severity: 'off',
    finds: 'a column that is dropped',
    why: 'The application that runs during the migration may still read or write it, and its values are gone.',
    safeWay:
      'Deploy an application that no longer uses the column, and drop it in a later migration.',
    check: eachChange(function* ({ after, dropped }) {
      for (const { name } of dropped) yield `It drops the column ${after.name}.${name}.`;
    }),
  },
  {
    name: 'renames-column',
    judges: 'statements',
    severity: 'off',
    finds: 'a column that gets another name',
    why: 'The application that runs during the migration uses the old name, and fails until it is replaced.',
    safeWay:
      'Add a new column, write both, fill it, read the new one, and drop the old one in a later migration.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const [table] = statement.existing;
        if (table === undefined) continue;
        for (const { what, from, to } of statement.renames) {
          if (what !== 'column' || from.toLowerCase() === to.toLowerCase()) continue;
          yield { statement, message: `It renames ${table.after.name}.${from} to ${to}.` };
        }
      }
    },
  },
  {
    name: 'changes-type',
    judges: 'statements',
    severity: 'off',
    finds: 'a column that gets another type or character set',
    why: 'Values that do not fit are cut or refused, at some tenants only, and in most cases the table is copied.',
    safeWay: 'Add a new column, fill it bit by bit, and switch.',
    check: eachColumn(function* (before, after, name) {
      if (isLonger(before, after) || areListsOf(before, after)) return;
      if (before.type !== after.type) {
        yield `${name} is ${after.type} and was ${before.type}.`;
      } else if (before.charset !== after.charset) {
        yield `${name} has the character set ${after.charset} and had ${before.charset}.`;
      }
    }),
  },
  {
    name: 'grows-past-255-bytes',
    judges: 'statements',
    severity: 'error',
    finds: 'a text that grows from at most 255 bytes to more',
    why: 'The length needs a second byte in every row then, so that the table is copied. In utf8mb4 a character has 4 bytes: VARCHAR(63) is the longest short one.',
    safeWay: 'Give a column of text at least 64 characters when it is created.',
    check: eachColumn(function* (before, after, name) {
      const { maxBytes: old = 0 } = before;
      const { maxBytes: now = 0 } = after;
      if (!isLonger(before, after) || old > 255 || now <= 255) return;
      yield `${name} grows from ${old} to ${now} bytes.`;
    }),
  },
  {
    name: 'reorders-enum',
    judges: 'statements',
    severity: 'error',
    finds: 'values of an ENUM or SET that are removed, or added elsewhere than at the end',
    why: 'Rows hold the position of a value, so that the table is copied, and rows with a removed value fail.',
    safeWay: 'Add values at the end. Remove a value once no row has it, in a window.',
    check: eachColumn(function* (before, after, name) {
      if (!areListsOf(before, after) || before.type === after.type) return;
      if (after.type.startsWith(before.type.slice(0, -1))) return;
      yield `${name} is ${after.type} and was ${before.type}.`;
    }),
  },
  {
    name: 'sets-not-null',
    judges: 'statements',
    severity: 'off',
    finds: 'a column that no longer allows NULL',
    why: 'It fails at tenants that have a NULL, and the application that runs during the migration may write one.',
    safeWay: 'Fill the NULLs in an earlier migration, and deploy an application that writes none.',
    check: eachColumn(function* (before, after, name) {
      if (before.isNullable && !after.isNullable) yield `${name} no longer allows NULL.`;
    }),
  },
  {
    name: 'drops-not-null',
    judges: 'statements',
    severity: 'off',
    finds: 'a column that allows NULL from now on',
    why: 'Code that reads the column may not expect NULL.',
    safeWay: 'Deploy an application that reads NULL first.',
    check: eachColumn(function* (before, after, name) {
      if (!before.isNullable && after.isNullable) yield `${name} allows NULL from now on.`;
    }),
  },
  {
    name: 'not-null-without-default',
    judges: 'statements',
    severity: 'off',
    finds: 'a new column of an existing table that is NOT NULL and has no default',
    why: 'Inserts of the application that runs during the migration leave it out and fail; existing rows get 0 or an empty text.',
    safeWay:
      'Give it a default, or allow NULL first and change that once the application writes it.',
    check: eachChange(function* ({ after, added }) {
      for (const { name, hasDefault } of added) {
        if (!hasDefault) yield `${after.name}.${name} is NOT NULL and has no default.`;
      }
    }),
  },
  {
    name: 'costly-column',
    judges: 'statements',
    severity: 'off',
    finds:
      'a new column that is stored and generated, numbered, or has an expression as its default',
    why: 'The server computes a value for each row and writes the table anew. A default such as UUID() is refused with a binary log of statements (1674).',
    safeWay:
      'Use a virtual column; or add the column without a default, set the default afterwards, and fill it bit by bit.',
    check: eachChange(function* ({ after, added }) {
      for (const column of added) {
        const what = costOf(column);
        if (what !== undefined) yield `${after.name}.${column.name} is ${what}.`;
      }
    }),
  },
  {
    name: 'column-in-the-middle',
    judges: 'statements',
    severity: 'off',
    finds: 'a new column that is not at the end',
    why: 'MySQL before 8.0.29 and MariaDB with other row formats cannot add it instantly.',
    safeWay: 'Leave FIRST and AFTER out; name the columns in queries.',
    check: eachChange(function* ({ before, after, added }) {
      const last = Math.max(...after.columns.map(({ position }) => position)) - added.length;
      if (before.columns.length === 0) return;
      for (const { name, position } of added) {
        if (position <= last) yield `${after.name}.${name} is not at the end.`;
      }
    }),
  },
];

type ColumnCheck = (
  before: ColumnDefinition,
  after: ColumnDefinition,
  name: string,
) => Iterable<string>;

function eachColumn(check: ColumnCheck): Rule['check'] {
  return eachChange(function* (change) {
    for (const { before, after } of change.changed) {
      yield* check(before, after, `${change.after.name}.${after.name}`);
    }
  });
}

function costOf({ generated, isAutoIncrement, isDefaultExpression }: ColumnDefinition) {
  if (generated === 'stored') return 'stored and generated';
  if (isAutoIncrement) return 'numbered';
  return isDefaultExpression && generated === undefined ? 'by default an expression' : undefined;
}

/** Whether a text or binary column only becomes longer. */
function isLonger(before: ColumnDefinition, after: ColumnDefinition): boolean {
  const kind = ({ type }: ColumnDefinition) => /^(?:varchar|varbinary)\b/.exec(type)?.[0];
  return (
    kind(before) !== undefined &&
    kind(before) === kind(after) &&
    before.charset === after.charset &&
    (after.maxBytes ?? 0) >= (before.maxBytes ?? 0)
  );
}

function areListsOf(before: ColumnDefinition, after: ColumnDefinition): boolean {
  return [before, after].every(({ type }) => /^(?:enum|set)\(/.test(type));
}
