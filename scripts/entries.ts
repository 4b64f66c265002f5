/** Modules that the package exports, as compiled from `src` and `lib`. */
export const ENTRIES = ['src/api/index', 'src/api/service', 'lib/tenant-migrations'];
