import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ENTRIES } from './entries.ts';
import { plainTypes } from './plain-types.ts';
import { vendorTypes } from './vendor-types.ts';

/**
 * Keeps the declarations in `dist` that the package's entries need, and copies them to `dist/cjs`: beside a
 * package.json of the type CommonJS they describe CommonJS modules.
 */
export function publishDeclarations(dist: string): void {
  const kept = declarationsBehind(dist);
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    if (!kept.has(join(dist, file))) rmSync(join(dist, file));
  }
  plainTypes(dist);
  for (const file of kept) {
    const target = join(dist, 'cjs', relative(dist, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  vendorTypes(dist);
}

function declarationsBehind(dist: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    // The compiler rewrites the imports of its JavaScript only, and before TypeScript 5 none may end in .ts.
    const text = readFileSync(file, 'utf8').replace(OUR_IMPORT, '$1.js$2');
    writeFileSync(file, text);
    for (const [, imported = ''] of text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
      visit(resolve(dirname(file), imported.replace(/\.js$/, '.d.ts')));
    }
  };
  for (const entry of ENTRIES) visit(join(dist, `${entry}.d.ts`));
  return seen;
}

const OUR_IMPORT = /((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g;
