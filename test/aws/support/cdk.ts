import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../../scripts/repository.mjs';

export interface CdkResult {
  readonly succeeded: boolean;
  /** Its output on both streams. */
  readonly output: string;
}

/**
 * Two thirds of a synthesis are the CDK's rules for templates. The first deployment is held to them, as are all
 * templates by `npm run check`; those that differ in a migration or a setting need not be.
 */
const UNCHECKED = { CDK_VALIDATION: 'false' };

/** Runs the pinned `cdk` to its end, in the repository unless told otherwise. */
export function runCdk(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string = repository,
): Promise<CdkResult> {
  const cdk = join(repository, 'node_modules/aws-cdk/bin/cdk');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cdk, ...args], {
      cwd,
      env: { ...process.env, ...UNCHECKED, ...environment, CI: 'true', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
