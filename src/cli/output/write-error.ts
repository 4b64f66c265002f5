import type { Host } from '../process/host.ts';
import { isOnGitHub } from '../runs/report-to-github.ts';
import { errorLines } from './error-lines.ts';
import { errorAnnotation } from './github-annotations.ts';
import { createLook, plainLook } from './look.ts';
import { renderLine } from './render-line.ts';

/** Writes an error to standard error when no screen is open. */
export function writeError(
  error: unknown,
  { stderr, env, invocation }: Pick<Host, 'stderr' | 'env' | 'invocation'>,
  withStack: boolean,
): void {
  const look = createLook(stderr);
  const lines = errorLines(error, look, withStack);
  if (isOnGitHub({ env })) {
    lines.push(errorAnnotation('fanfold', errorLines(error, plainLook, false)));
  }
  const shown = lines.flatMap((line) => renderLine(line, invocation, look));
  stderr.write(`${shown.join('\n')}\n`);
}
