import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the licenses of the packages that a bundle contains, which their authors require beside every copy.
 * Throws if a package has neither a file with its license nor names it in its package.json.
 *
 * @param inputs paths of the bundled files, relative to `folder`
 */
export function writeLicenses(inputs: readonly string[], folder: string, file: string): void {
  const packages = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  // Hundreds of packages have the same license, word for word.
  const namesByText = Map.groupBy(
    [...packages].map((path) => licenseOf(join(folder, path))),
    ({ text }) => text,
  );
  const sections = [...namesByText].map(([text, named]) => {
    const names = [...new Set(named.map(({ name }) => name))].toSorted().join('\n');
    return text === '' ? names : `${names}\n\n${text}`;
  });
  writeFileSync(file, `${sections.toSorted().join('\n\n---\n\n')}\n`);
}

/** The ways in which packages of npm write the name. */
const LICENSE_FILES = ['license', 'LICENSE', 'License', 'COPYING', 'NOTICE'].map(
  (name) => `${name}*`,
);

function licenseOf(folder: string): { readonly name: string; readonly text: string } {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) throw new Error(`There is no ${file}.`);
  const { name, version, license } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'name' | 'version' | 'license',
    string | undefined
  >;
  const files = globSync(LICENSE_FILES, { cwd: folder });
  if (files.length === 0 && license === undefined) throw new Error(`${folder} has no license.`);
  const texts = files.map((each) => readFileSync(join(folder, each), 'utf8').trim());
  return { name: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
