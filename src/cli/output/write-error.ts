import type { Host } from '../process/host.ts';
import { isOnGitHub } from '../runs/report-to-github.ts';
import { errorLines } from './error-lines.ts';
import { errorAnnotation } from './github-annotations.ts';
import { createLook, plainLook } from './look.ts';
import { plainPalette } from './palette.ts';
import { renderCommands } from './render-commands.ts';
import { fitLine } from './wrap-text.ts';

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
  const plain = (text: string) => renderCommands(text, invocation, plainPalette);
  const shown = lines
    .flatMap((line) => fitLine(line, look.width, plain))
    .map((line) => renderCommands(line, invocation, look.palette));
  stderr.write(`${shown.join('\n')}\n`);
}
