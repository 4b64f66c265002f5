import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repository } from '../../scripts/repository.mjs';
import { exitCodeOf } from '../exit-code-of.ts';
import { neutralEnvironment } from '../fanfold.ts';
import type { Narrator } from '../narrator.ts';

/** The pinned `cdk`, with the local AWS as its account. */
export interface Cdk {
  /** Runs it to its end; `hidden` arguments are not shown. Throws an error with its last lines if it fails. */
  run(shown: readonly string[], hidden?: readonly string[]): Promise<void>;
}

export interface CdkStage {
  /** Endpoint, region, account and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for everything that it writes; it is removed with the demo. */
  readonly folder: string;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

const cdk = join(repository, 'node_modules/aws-cdk/bin/cdk');
const LAST_LINES = 30;

export function createCdk({ environment, folder, narrator, signal }: CdkStage): Cdk {
  const env = {
    ...neutralEnvironment(),
    ...environment,
    // It keeps its cache with the demo, sends no telemetry and does not look for notices.
    CDK_HOME: join(folder, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    CI: 'true',
    NO_COLOR: '1',
  };
  return {
    async run(shown, hidden = []) {
      signal.throwIfAborted();
      narrator.command(`$ npx cdk ${shown.join(' ')}`);
      const child = spawn(process.execPath, [cdk, ...shown, ...hidden, '--no-notices'], {
        cwd: repository,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [exitCode, ...outputs] = await Promise.all([
        exitCodeOf(child, signal),
        text(child.stdout),
        text(child.stderr),
      ]);
      if (exitCode === 0) return;
      const lines = outputs.join('').trimEnd().split('\n').slice(-LAST_LINES);
      throw new Error(`cdk ${shown[0]} ended with exit code ${exitCode}:\n${lines.join('\n')}`);
    },
  };
}
