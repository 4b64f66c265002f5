import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * The file for a copy of the report, if one is named: `npm run demo:aws -- --report report.html`. Throws an
 * error about wrong options before anything is started.
 */
export function reportOption(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const { report } = parse(args);
  if (report === undefined) return undefined;
  // npm runs scripts in the folder of the package; the file is meant to be in that of the caller.
  const file = resolve(environment.INIT_CWD ?? '.', report);
  if (existsSync(dirname(file))) return file;
  throw new Error(
    `--report names ${report}, but there is no folder ${dirname(file)}. Make it, or name a file elsewhere.`,
  );
}

function parse(args: readonly string[]): { readonly report?: string | undefined } {
  try {
    return parseArgs({ args: [...args], options: { report: { type: 'string' } } }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new Error(
      `${reason.replace(/\.$/, '')}. The one option is --report <file>, for a copy of the report.`,
    );
  }
}
