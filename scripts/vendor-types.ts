import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repository } from './repository.mjs';

/** Folder below `dist` with the declarations of bundled packages. */
const TYPES = 'types';

/** Bundled packages whose types our exports name, with those that theirs name: the files, and the first of them. */
const PACKAGES: Readonly<Record<string, { readonly files: string; readonly main: string }>> = {
  knex: { files: 'types/*.d.ts', main: 'types/index.js' },
  tarn: { files: 'dist/*.d.ts', main: 'dist/tarn.js' },
  mysql2: { files: '{index.d.ts,promise.d.ts,typings/**/*.d.ts}', main: 'index.js' },
  'sql-escaper': { files: 'lib/*.d.ts', main: 'lib/index.js' },
};

/**
 * Copies the declarations of bundled packages that published declarations import, and lets those import the copies:
 * without the packages, TypeScript would take each of their types for `any`.
 */
export function vendorTypes(dist: string): void {
  for (const [name, { files }] of Object.entries(PACKAGES)) {
    const folder = join(repository, 'node_modules', name);
    for (const file of globSync(files, { cwd: folder })) {
      const target = join(dist, TYPES, name, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(folder, file), target);
    }
  }
  writeFileSync(join(dist, TYPES, 'package.json'), '{ "type": "commonjs" }\n');
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    const adapted = text.replaceAll(
      /(\bfrom |\bimport\()(['"])([^'".][^'"]*)\2/g,
      (whole, before, quote, name) => {
        const copy = copyOf(name);
        if (copy === undefined) return whole;
        const way = relative(dirname(path), join(dist, TYPES, copy));
        return `${before}${quote}${way.startsWith('.') ? way : `./${way}`}${quote}`;
      },
    );
    if (adapted !== text) writeFileSync(path, adapted);
  }
}

/** Path of the copy that an import means; undefined if it is not of these packages. */
function copyOf(specifier: string): string | undefined {
  const [name = '', ...inside] = specifier.split('/');
  const copied = PACKAGES[name];
  if (copied === undefined || inside[0] === 'lib') return undefined;
  return join(name, inside.length === 0 ? copied.main : `${inside.join('/')}.js`);
}
