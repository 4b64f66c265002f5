import { escapeId } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { Difference } from '../../../core/shapes/compare-shapes.ts';
import type { Shape } from '../../../core/shapes/shape.ts';

/** The statements that repair a difference, and how a tenant that has it is recognized. */
export interface Repair {
  readonly statements: readonly string[];
  readonly when: RepairCondition;
}

/**
 * - `line`: the table's definition has this line
 * - `lacks`: no line of the table's definition matches
 * - `rows`: an object that the migrations do not make; only an empty one is dropped
 * - `always`: the statements replace the object, whatever it is
 */
export type RepairCondition =
  | { readonly of: 'line'; readonly table: string; readonly line: string; readonly column?: string }
  | { readonly of: 'lacks'; readonly table: string; readonly pattern: string }
  | { readonly of: 'no table'; readonly table: string }
  | { readonly of: 'empty table'; readonly table: string }
  | { readonly of: 'always' };

/** The shapes that a difference was found in: `one` is that of the migrations. */
export interface RepairedShapes {
  readonly expected: Shape;
  readonly actual: Shape;
}

/**
 * The statements that make a tenant what its migrations make.
 *
 * @throws FanfoldError `RepairByHand` for a difference that has no safe statement
 */
export function repairOf(difference: Difference, shapes: RepairedShapes): Repair {
  const { kind, table = '', one } = difference;
  switch (kind) {
    case 'column':
      return columnRepair(difference, shapes);
    case 'index':
    case 'foreign key':
    case 'check':
      return partRepair(difference, shapes);
    case 'option':
      return optionRepair(difference);
    case 'partitions':
      return {
        when: { of: 'always' },
        statements: [`ALTER TABLE ${name(table)} ${one ?? 'REMOVE PARTITIONING'}`],
      };
    case 'table':
      return tableRepair(difference, shapes);
    case 'column order':
    case 'database':
    case 'unseen':
      throw byHand(difference, 'moving columns copies the table, so somebody has to decide it');
    default:
      return objectRepair(difference, shapes);
  }
}

function columnRepair(difference: Difference, { expected, actual }: RepairedShapes): Repair {
  const { table = '', name: column, one, other } = difference;
  const alter = `ALTER TABLE ${name(table)}`;
  if (other === undefined) {
    return {
      when: { of: 'lacks', table, pattern: `${name(column)} ` },
      statements: [`${alter} ADD COLUMN ${name(column)} ${one}${placeOf(expected, table, column)}`],
    };
  }
  if (one !== undefined && storageOf(one) !== storageOf(other)) {
    throw byHand(
      difference,
      'servers change the storage of a generated column only by dropping it',
    );
  }
  const line = lineOf(actual, table, (each) => each.startsWith(`${name(column)} `));
  if (line === undefined) throw byHand(difference, 'its definition was not found');
  return one === undefined
    ? {
        when: { of: 'line', table, line, column },
        statements: [`${alter} DROP COLUMN ${name(column)}`],
      }
    : {
        when: { of: 'line', table, line },
        statements: [`${alter} MODIFY COLUMN ${name(column)} ${one}`],
      };
}

/** How a generated column is stored; `undefined` for any other column. */
function storageOf(text: string): string | undefined {
  return /\bGENERATED ALWAYS AS \(.*\) (VIRTUAL|STORED|PERSISTENT)\b/i.exec(text)?.[1];
}

/** Indexes, foreign keys and checks. */
function partRepair(difference: Difference, { actual }: RepairedShapes): Repair {
  const { kind, table = '', name: part, one, other } = difference;
  if (part.startsWith('('))
    throw byHand(difference, 'the server has named it, in each tenant anew');
  const alter = `ALTER TABLE ${name(table)}`;
  const added = kind === 'index' ? `ADD ${one}` : `ADD CONSTRAINT ${name(part)} ${one}`;
  const dropped = DROPS[kind as keyof typeof DROPS](part);
  const marker = MARKERS[kind as keyof typeof MARKERS](part);
  if (other === undefined) {
    return { when: { of: 'lacks', table, pattern: marker }, statements: [`${alter} ${added}`] };
  }
  const line = lineOf(actual, table, (each) => each.includes(marker));
  if (line === undefined) throw byHand(difference, 'its definition was not found');
  const when = { of: 'line', table, line } as const;
  if (one === undefined) return { when, statements: [`${alter} ${dropped}`] };
  const [use] = VISIBILITY.exec(`${one} ${other}`) ?? [];
  if (use !== undefined && one.replace(VISIBILITY, '') === other.replace(VISIBILITY, '')) {
    const visible = use === ' IGNORED' ? ' NOT IGNORED' : ' VISIBLE';
    const word = one.includes(use) ? use : visible;
    return { when, statements: [`${alter} ALTER INDEX ${name(part)}${word}`] };
  }
  // A foreign key of the same name can only be added by a later statement.
  return kind === 'index'
    ? { when, statements: [`${alter} ${dropped}, ${added}`] }
    : { when, statements: [`${alter} ${dropped}`, `${alter} ${added}`] };
}

/** Servers do not notice a change of it if the index is dropped and added in one statement. */
const VISIBILITY = / (?:INVISIBLE|IGNORED)\b/;

const DROPS = {
  index: (part: string) => (part === 'PRIMARY' ? 'DROP PRIMARY KEY' : `DROP INDEX ${name(part)}`),
  'foreign key': (part: string) => `DROP FOREIGN KEY ${name(part)}`,
  check: (part: string) => `DROP CONSTRAINT ${name(part)}`,
};

const MARKERS = {
  index: (part: string) => (part === 'PRIMARY' ? 'PRIMARY KEY ' : `KEY ${name(part)} (`),
  'foreign key': (part: string) => `CONSTRAINT ${name(part)} FOREIGN KEY `,
  check: (part: string) => `CONSTRAINT ${name(part)} CHECK `,
};

function optionRepair(difference: Difference): Repair {
  const { table = '', name: option, one } = difference;
  const value = one ?? (option === 'COMMENT' ? "''" : undefined);
  if (value === undefined || !/^[A-Z_]+$/.test(option)) {
    throw byHand(difference, 'an option that the migrations do not set has no value to go back to');
  }
  return {
    when: { of: 'always' },
    statements: [`ALTER TABLE ${name(table)} ${option}=${value}`],
  };
}

function tableRepair(difference: Difference, { expected }: RepairedShapes): Repair {
  const { name: table, one } = difference;
  if (one === undefined) {
    return { when: { of: 'empty table', table }, statements: [`DROP TABLE ${name(table)}`] };
  }
  const sql = sqlOf(expected, 'table', table);
  if (sql === undefined) throw byHand(difference, 'its definition was not found');
  return { when: { of: 'no table', table }, statements: [sql] };
}

/** Views, stored programs, events and sequences are replaced as a whole. */
function objectRepair(difference: Difference, { expected }: RepairedShapes): Repair {
  const { kind, name: object, one } = difference;
  if (kind === 'sequence') throw byHand(difference, 'a new sequence would start again');
  const drop = `DROP ${kind.toUpperCase()} IF EXISTS ${name(object)}`;
  const sql = one === undefined ? undefined : sqlOf(expected, kind, object);
  if (one !== undefined && sql === undefined) {
    throw byHand(difference, 'its definition was not found');
  }
  return { when: { of: 'always' }, statements: sql === undefined ? [drop] : [drop, sql] };
}

function placeOf(shape: Shape, table: string, column: string): string {
  const order = shape.definitions.find(
    (each) => each.kind === 'column order' && each.table === table,
  );
  const columns = order?.text.slice(1, -1).split('`, `') ?? [];
  const before = columns[columns.indexOf(column) - 1];
  return before === undefined ? ' FIRST' : ` AFTER ${name(before)}`;
}

/** `SHOW CREATE TABLE` has a line for each column, index and constraint. */
function lineOf(
  shape: Shape,
  table: string,
  isMeant: (line: string) => boolean,
): string | undefined {
  const lines = sqlOf(shape, 'table', table)?.split('\n') ?? [];
  return lines.map((line) => line.trim().replace(/,$/, '')).find(isMeant);
}

function sqlOf({ statements }: Shape, kind: string, object: string): string | undefined {
  return statements.find((each) => each.kind === kind && each.name === object)?.sql;
}

function name(text: string): string {
  return escapeId(text, true);
}

function byHand({ kind, table, name: part }: Difference, why: string): FanfoldError {
  const what = [table, part].filter((each) => each !== undefined && each !== '').join('.');
  return new FanfoldError('RepairByHand', `No repair is written for the ${kind} ${what}: ${why}.`, {
    fault: 'usage',
    nextStep: 'Write the migration by hand: `fanfold migrate:make <name>`',
  });
}
