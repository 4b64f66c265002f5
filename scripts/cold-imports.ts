// node scripts/cold-imports.ts [rounds]
//
// Bundles the functions as a deployment does, imports each in processes of its own, and prints the medians: elapsed
// time, and CPU time, part of which is V8's other threads. The processes of all functions take turns, so that other
// work on the machine touches each of them alike.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLambdas } from '../lib/bundle-lambdas.ts';
import { repository } from './repository.mjs';

const rounds = Number(process.argv[2] ?? 12);
const folder = mkdtempSync(join(tmpdir(), 'fanfold-cold-imports-'));
try {
  const { assets } = bundleLambdas({
    migrationsFolder: join(repository, 'demo/migrations'),
    outputFolder: folder,
  });
  const functions = Object.entries(assets).map(([name, asset]) => ({
    name,
    file: join(asset, 'index.mjs'),
    starts: [] as Start[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { file, starts } of functions) starts.push(coldImport(file));
  }
  for (const { name, starts } of functions) {
    const elapsed = median(starts.map(({ elapsedMs }) => elapsedMs));
    const cpu = median(starts.map(({ cpuMs }) => cpuMs));
    console.log(`${name.padEnd(16)} ${elapsed} ms, ${cpu} ms of CPU`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Start {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

function coldImport(file: string): Start {
  // The clock first: it loads a module of Node, which does not belong to the function's start.
  const code = `const at = performance.now();
    const cpu = process.cpuUsage();
    await import(${JSON.stringify(file)});
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ elapsedMs: performance.now() - at, cpuMs: (user + system) / 1_000 }));
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    // Without its settings a function loads less.
    env: { ...process.env, FANFOLD_OPERATOR: 'inspect', AWS_REGION: 'eu-central-1' },
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{"elapsedMs"')) throw new Error(`${file} cannot be imported:\n${stderr}`);
  return JSON.parse(line) as Start;
}

function median(values: number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
