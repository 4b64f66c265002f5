import type { Bundle, Migration } from '../../bundle/bundle.ts';

/** The bundle with backfills that keep nothing: a scratch database has nobody's values, and all of its tables are compared. */
export function withoutKeeping(bundle: Bundle): Bundle {
  return { ...bundle, migrations: bundle.migrations.map(keepingNothing) };
}

function keepingNothing(migration: Migration): Migration {
  return {
    ...migration,
    async load() {
      const module = await migration.load();
      const { backfill } = module;
      return backfill?.keep === true
        ? { ...module, backfill: { ...backfill, keep: false } }
        : module;
    },
  };
}
