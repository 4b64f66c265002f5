// node scripts/build.ts [folder] [--esm]
//
// Writes the compiled package to dist/, or to another folder: ES modules, and below cjs/ CommonJS, which
// --esm leaves out, because the command line does not need it.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCommonJs } from './build-commonjs.ts';
import { bundleCommand } from './bundle-command.ts';
import { repository } from './repository.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { esm: { type: 'boolean', default: false } },
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

// The compiler rewrites the imports of its JavaScript only, and before TypeScript 5 none may end in .ts.
for (const file of globSync('**/*.d.ts', { cwd: output })) {
  const path = join(output, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
}

await bundleCommand(output);
if (!values.esm) await buildCommonJs(output);
