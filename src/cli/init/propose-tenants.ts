import { USUAL_WORD } from '../../core/adoption/active-words.ts';
import type { CentralTables, StatusCount } from '../../core/adoption/central-tables.ts';
import { chooseActive } from '../../core/adoption/choose-active.ts';
import { chooseCandidate } from '../../core/adoption/choose-candidate.ts';
import { findOwner } from '../../core/adoption/find-owner.ts';
import { proposeMapping } from '../../core/adoption/propose-mapping.ts';
import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsMapping,
} from '../../core/central/tenants-mapping.ts';
import type { InitOptions } from '../options/init-options.ts';
import { printable } from '../output/printable.ts';
import type { Questions } from './questions.ts';

/** How the tenants are read, and related findings. */
export interface ProposedTenants {
  /** Name of the table, for display; `undefined` for a custom query. */
  readonly table: string | undefined;
  readonly mapping: TenantsMapping;
  /** Columns that have Fanfold's names for them. */
  readonly usual: readonly TenantColumn[];
  readonly remarks: readonly string[];
  readonly counts: readonly StatusCount[];
  /** Status values of tenants that are migrated. */
  readonly active: readonly string[];
}

/**
 * Finds the table of tenants and how to read it; asks if something is unclear.
 *
 * @param configured the existing mapping, which is used unless a flag overrides it
 */
export async function proposeTenants(
  central: CentralTables,
  { table, column, active }: InitOptions,
  questions: Questions | undefined,
  configured?: TenantsMapping,
): Promise<ProposedTenants> {
  const isAnswered = [table, column, active].some((answer) => answer !== undefined);
  if (configured !== undefined && !isAnswered) {
    return {
      table: 'query' in configured ? undefined : configured.table,
      mapping: configured,
      usual: [],
      remarks: [],
      counts: await central.countStatuses(configured),
      active: [configured.active ?? USUAL_WORD].flat(),
    };
  }
  const candidate = await chooseCandidate(
    central.database,
    central.tables,
    { table, columns: column },
    questions &&
      ((candidates) =>
        questions.choose(
          'Which table holds the tenants?',
          candidates.map((value) => ({ name: printable(value.table.name), value })),
        )),
  );
  const owner = findOwner(candidate, central.tables);
  const { mapping, statusKind, statusColumn, remarks } = proposeMapping(candidate, owner);
  const counts = await central.countStatuses(mapping);
  const facts = { kind: statusKind, column: statusColumn ?? 'status', counts };
  const words =
    active ??
    (await chooseActive(
      { ...facts, allowed: enumWords(owner?.table ?? candidate.table, statusColumn) },
      questions &&
        (async (choices) => [
          await questions.choose(
            `Which ${printable(statusColumn ?? 'status')} means that a tenant is active?`,
            choices.map((value) => ({ name: printable(value), value })),
          ),
        ]),
    ));
  return {
    table: owner === undefined ? candidate.table.name : owner.table.name,
    mapping: words === undefined ? mapping : { ...mapping, active: single(words) },
    usual: TENANT_COLUMN_NAMES.filter((name) => candidate.found[name] === name),
    remarks,
    counts,
    active: words ?? [USUAL_WORD],
  };
}

function single(words: readonly string[]): string | readonly string[] {
  const [first, ...more] = words;
  return first !== undefined && more.length === 0 ? first : words;
}

function enumWords(
  { columns }: CentralTables['tables'][number],
  name: string | undefined,
): readonly string[] {
  return columns.find((column) => column.name === name)?.words ?? [];
}
