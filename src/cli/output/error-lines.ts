import { isFanfoldError } from '../../core/errors.ts';
import { thrownProperty, thrownText } from '../../core/text/thrown-text.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/**
 * An error for people: the problem, an empty line, the next step. A stack trace appears only for a bug of
 * ours, and only on request.
 */
export function errorLines(error: unknown, look: Look, withStack: boolean): string[] {
  if (isFanfoldError(error) && error.fault !== 'fanfold') {
    return blocks(look, error.message, error.nextStep);
  }
  const message = thrownText(error);
  const report = withStack
    ? 'This is a bug in Fanfold. Please report it with the lines below.'
    : 'This is a bug in Fanfold. Run the command again with FANFOLD_DEBUG=1 and report the bug with its output.';
  return [
    ...blocks(look, message, isFanfoldError(error) ? error.nextStep : report),
    ...(withStack ? ['', ...stackLines(error)] : []),
  ];
}

function blocks(look: Look, problem: string, nextStep: string): string[] {
  return [
    ...paragraphs(`Error: ${problem}`, look).map(look.palette.bad),
    '',
    ...paragraphs(nextStep, look),
  ];
}

/** Keeps the line breaks of a message; each line is wrapped by itself. */
function paragraphs(text: string, look: Look): string[] {
  return text.split('\n').flatMap((line) => wrapText(printable(line), look.width));
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause: unknown = error; cause !== undefined && lines.length < 200; ) {
    const given = thrownProperty(cause, 'stack');
    const stack = typeof given === 'string' ? given : thrownText(cause);
    lines.push(
      ...stack
        .split('\n')
        .map((line) => line.replace(/^ +/, '    '))
        .map(printable),
    );
    cause = thrownProperty(cause, 'cause') ?? undefined;
    if (cause !== undefined) lines.push('Caused by:');
  }
  return lines;
}
