// node scripts/check-layers.ts
//
// Checks the layers of .dependency-cruiser.mjs. Unlike dependency-cruiser itself, it fails if no module was
// read, which happens without a TypeScript compiler that dependency-cruiser knows.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './repository.mjs';

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
      readonly cycle?: readonly { readonly name: string }[];
    }[];
  };
}

/** Violations of the layers of a checkout, one line each, and how many modules were read. */
export async function checkLayers(
  folder: string,
): Promise<{ readonly modules: number; readonly complaints: readonly string[] }> {
  const layers = ['src', 'lambdas', 'lib'].filter((layer) => existsSync(join(folder, layer)));
  const { summary } = await cruise(folder, layers);
  const complaints = summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle === undefined ? [from, to] : [from, ...cycle.map(({ name }) => name)];
    return `${rule.name}: ${path.join(' -> ')}`;
  });
  if (summary.totalCruised === 0) complaints.push('dependency-cruiser read no module.');
  return { modules: summary.totalCruised, complaints };
}

function cruise(folder: string, layers: readonly string[]): Promise<Cruise> {
  const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(repository, '.dependency-cruiser.mjs');
  const args = [program, '--config', config, '--output-type', 'json', ...layers];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        // It also ends with an error if it found violations, which its output lists.
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Cruise);
        else reject(new Error(`dependency-cruiser failed: ${stderr || stdout || error?.message}`));
      },
    );
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { modules, complaints } = await checkLayers(repository);
  for (const complaint of complaints) console.error(complaint);
  console.log(`${modules} modules read.`);
  if (complaints.length > 0) process.exitCode = 1;
}
