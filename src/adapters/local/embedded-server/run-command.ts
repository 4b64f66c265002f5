import { execFile } from 'node:child_process';

export interface CommandResult {
  readonly succeeded: boolean;
  /** The command's output, or the reason why it could not be started. */
  readonly output: string;
}

/** Runs a command to completion. A failing command is a result, not an error. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly environment: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { timeout: options.timeoutMs, env: options.environment, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        resolve({ succeeded: error === null, output: output || (error?.message ?? '') });
      },
    );
  });
}
