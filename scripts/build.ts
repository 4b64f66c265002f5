// node scripts/build.ts [folder] [--command]
//
// Writes the published package to dist/, or to another folder: the command line, the modules for services and for
// the CDK as ES modules and, below cjs/, as CommonJS, with the packages that they need inside. With --command only
// the command line.
import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCommonJs } from './build-commonjs.ts';
import { bundleCommand } from './bundle-command.ts';
import { bundleModules } from './bundle-modules.ts';
import { resolvePlaces } from './own-places.ts';
import { publishDeclarations } from './publish-declarations.ts';
import { repository } from './repository.mjs';
import { writeLicenses } from './write-licenses.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { command: { type: 'boolean', default: false } },
});
const output = resolve(repository, positionals[0] ?? 'dist');
// Output of a source file that was deleted would be published with the rest.
rmSync(output, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(repository, 'node_modules/@typescript/native/bin/tsc'),
    ...['--project', join(repository, 'tsconfig.build.json'), '--outDir', output],
  ],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

// The compiler copies package.json, because the sources import their version from it. Only this part of it is
// true for a second one below the package's own.
const { name, version, type } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
writeFileSync(
  join(output, 'package.json'),
  `${JSON.stringify({ name, version, type }, null, 2)}\n`,
);

const inputs = await bundleCommand(output);
if (values.command) {
  for (const folder of ['src', 'lib', 'lambdas', 'prisma']) {
    rmSync(join(output, folder), { recursive: true, force: true });
  }
} else {
  inputs.push(...(await bundleModules(output)));
  await buildCommonJs(output);
  publishDeclarations(output);
}
resolvePlaces(output);
writeLicenses(inputs, output, join(output, 'LICENSES.txt'));
removeEmptyFolders(output);

function removeEmptyFolders(folder: string): void {
  const folders = globSync('**/', { cwd: folder, exclude: ['node_modules'] });
  for (const each of folders.toSorted((a, b) => b.length - a.length)) {
    const path = join(folder, each);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
