// node scripts/check.ts
//
// Everything that judges the code without running it. A step's output is shown when it fails.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './repository.mjs';

interface Step {
  readonly name: string;
  /** A JavaScript or TypeScript file, relative to the repository, and its arguments. */
  readonly command: readonly [file: string, ...args: string[]];
}

const steps: readonly Step[] = [
  {
    name: 'format and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
  {
    name: 'types',
    command: ['node_modules/@typescript/native/bin/tsc', '--project', 'tsconfig.json'],
  },
  { name: 'layers', command: ['scripts/check-layers.ts'] },
  { name: 'dead code', command: ['node_modules/knip/bin/knip.js'] },
  { name: 'words', command: ['scripts/check-words.ts'] },
  {
    name: 'core coverage',
    command: ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.coverage.config.ts'],
  },
  { name: 'package', command: ['scripts/check-package.ts'] },
  { name: 'synth', command: ['scripts/check-infrastructure.ts'] },
  { name: 'bundles', command: ['scripts/check-bundles.ts'] },
  { name: 'docs', command: ['scripts/build-docs.ts', '--pages'] },
];

let failures = 0;
for (const step of steps) {
  const start = performance.now();
  const { succeeded, output } = await run(step);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${step.name.padEnd(16)} ${succeeded ? 'ok    ' : 'FAILED'} ${seconds.padStart(5)} s`,
  );
  // Checks that this machine cannot run are reported even if all others succeed.
  for (const line of output.split('\n')) {
    if (succeeded && line.startsWith('skipped: ')) console.log(`  ${line}`);
  }
  if (succeeded) continue;
  failures += 1;
  console.log(`\n${output.trim()}\n`);
}
if (failures > 0) {
  console.log(`${failures} of ${steps.length} checks failed.`);
  process.exitCode = 1;
}

function run({ command: [file, ...args] }: Step): Promise<{ succeeded: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, file), ...args], { cwd: repository });
    let output = '';
    const collect = (text: Buffer) => {
      output += text;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ succeeded: code === 0, output }));
  });
}
