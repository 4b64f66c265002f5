import { isFanfoldError } from '../../core/errors.ts';
import { thrownProperty, thrownText } from '../../core/thrown-text.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/**
 * An error as people read it: what is wrong, an empty line, what to do next. A stack trace appears
 * only for a defect of ours and only if somebody asked for it.
 */
export function errorLines(error: unknown, look: Look, withStack: boolean): string[] {
  if (isFanfoldError(error) && error.fault !== 'fanfold') {
    return blocks(look, error.message, error.nextStep);
  }
  const message = thrownText(error);
  const report = withStack
    ? 'This is a defect of Fanfold. Please report it with the lines below.'
    : 'This is a defect of Fanfold. Run the command again with FANFOLD_DEBUG=1 and report it with what it then prints.';
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

/** Line breaks that the message's author put in stay; each line is wrapped by itself. */
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
