import type { Knex } from 'knex';
import { type Bundle, createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import type { MigrationSafety } from '../../../src/core/safety/guard/guard-settings.ts';
import { migration } from '../../support/migrations.ts';
import type { ServerKind } from './chaos-server.ts';

/** Names that differ from one database of a case to the next. */
export interface Names {
  readonly database: string;
  /** A second database, in which the tenant's user may do everything too. */
  readonly elsewhere: string;
  /** An account without rights, as `'guest'@'%'` has it, to give some to. */
  readonly guest: string;
}

/** The names that go with the name of a tenant's database: the one is made of the other. */
export function namesOf(database: string): Names {
  return {
    database,
    elsewhere: `${database}_b`,
    guest: `${database.replace(/_\d+$/, '')}_g`,
  };
}

/** One migration file of a case. */
export interface CaseMigration {
  readonly id: string;
  readonly up: (knex: Knex, names: Names) => unknown;
  readonly down?: (knex: Knex) => unknown;
  /** As in `exports.config = { transaction: false }`; Knex's default if it is left out. */
  readonly transaction?: boolean;
  /** As in `exports.safety`, which plain Knex ignores. */
  readonly safety?: MigrationSafety;
}

/** Migrations that somebody could have written, and the database on which they run. */
export interface ChaosCase {
  readonly name: string;
  /** Statements that make the database before the first migration; `$DB` stands for its name. */
  readonly base: readonly string[];
  readonly migrations: readonly CaseMigration[];
  /** The files after somebody changed them between the attempt that was stopped and the next. */
  readonly changed?: readonly CaseMigration[];
  /** Servers that accept the statements; all of them if it is left out. */
  readonly servers?: readonly ServerKind[];
  /** `right`: no point may end with a label. Otherwise a label is fair. */
  readonly ends?: 'right';
  /** The code of the failure with which it is refused, although plain Knex would do it. */
  readonly refusedAs?: string;
  /**
   * Columns that hold ids which the server generated in a table of the base: `table.column`, or
   * `table.column of users` if several tables of the base generate some.
   */
  readonly refersTo?: readonly string[];
  /** Tables that one of the migrations makes and a later one fills: their ids may have gaps. */
  readonly gapsIn?: readonly string[];
  /** Columns, as `table.column`, whose values differ from one run of plain Knex to the next. */
  readonly random?: readonly string[];
}

/** Whatever is stopped and compared: a case, or a folder of somebody's migrations. */
export interface Subject extends Omit<ChaosCase, 'migrations' | 'changed'> {
  /** The migrations as they are at first. */
  bundleOf(names: Names): Bundle;
  /** The migrations that the attempts after the strikes find. */
  readonly changedBundleOf?: ((names: Names) => Bundle) | undefined;
}

/** The points of a case that are tried. */
export function subjectOf({ migrations, changed, ...of }: ChaosCase): Subject {
  return {
    ...of,
    bundleOf: (names) => bundleOf(migrations, names),
    changedBundleOf: changed && ((names) => bundleOf(changed, names)),
  };
}

/** The bundle of a case for one database; a file's checksum follows from its code. */
function bundleOf(migrations: readonly CaseMigration[], names: Names): Bundle {
  return createBundle(migrations.map((each) => toMigration(each, names)));
}

function toMigration(
  { id, up, down, transaction, safety }: CaseMigration,
  names: Names,
): Migration {
  return migration(id, (knex) => up(knex, names), {
    source: `${String(up)}\n${String(down)}\n${transaction}`,
    ...(down !== undefined && { down }),
    ...(transaction !== undefined && { transaction }),
    ...(safety !== undefined && { safety }),
  });
}

/** A case's only migration file. */
export function one(
  up: CaseMigration['up'],
  options: Omit<CaseMigration, 'id' | 'up'> = {},
): readonly CaseMigration[] {
  return [{ id: '20250101000000_a', up, ...options }];
}

/** A case's only migration file, with `transaction: false`. */
export function bare(
  up: CaseMigration['up'],
  down?: CaseMigration['down'],
): readonly CaseMigration[] {
  return one(up, { transaction: false, ...(down !== undefined && { down }) });
}
