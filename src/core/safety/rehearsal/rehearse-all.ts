import { type Bundle, bundleUpTo, type Migration } from '../../bundle/bundle.ts';
import type { DatabaseContents } from './database-contents.ts';
import { FindingsList } from './findings-list.ts';
import type { RehearsedMigration } from './rehearsal.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import type { RehearseOptions, Walk } from './rehearse-one.ts';
import { rehearseOrder } from './rehearse-order.ts';
import { rehearseTogether } from './rehearse-together.ts';

/** The checks that take more than one migration; their findings are added to those of the migration. */
export async function rehearseAll(
  database: RehearsalDatabase,
  start: DatabaseContents,
  walk: Walk,
  options: RehearseOptions,
): Promise<void> {
  const { isRehearsed = () => true } = options;
  const { states, skipped } = walk;
  const bundle = firstOf(options.bundle, skipped + states.length);
  const lists = new Map<string, FindingsList>();
  const foundOf = (id: string): FindingsList => {
    const migration = bundle.migrations.find((each) => each.id === id) as Migration;
    const list = lists.get(id) ?? new FindingsList({ ...options, migration });
    lists.set(id, list);
    return list;
  };
  const shared = { ...walk, database, bundle };
  for (const [at, { id }] of bundle.migrations.entries()) {
    if (at < skipped || !isRehearsed(id)) continue;
    const before = states[at - skipped - 1] ?? start;
    await rehearseOrder({ ...shared, at, before }, foundOf(id));
  }
  if (states.length > 1) {
    const freshBundle = async () => firstOf(await options.loadBundle(), skipped + states.length);
    await rehearseTogether({ ...shared, start, foundOf, freshBundle, terms: options });
  }
  for (const [place, each] of walk.rehearsed.entries()) {
    walk.rehearsed[place] = withMore(each, lists.get(each.id));
  }
}

function withMore(
  rehearsed: RehearsedMigration,
  more: FindingsList | undefined,
): RehearsedMigration {
  if (more === undefined) return rehearsed;
  return {
    ...rehearsed,
    findings: [...rehearsed.findings, ...more.findings],
    allowed: [...rehearsed.allowed, ...more.allowed],
  };
}

function firstOf(bundle: Bundle, count: number): Bundle {
  const last = bundle.migrations[count - 1];
  return (last && bundleUpTo(bundle, last.id)) ?? bundle;
}
