import { FanfoldError } from '../../core/errors.ts';
import type { Host } from '../process/host.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { fitQuestion } from './fit-question.ts';

/**
 * Asks a question whose answer is yes or no; Enter means no. Throws `ConfirmationMissing` if there is no
 * terminal to ask on, and `Declined` if nobody answers.
 */
export async function confirm(host: Host, question: string): Promise<boolean> {
  requireTerminal(host, question);
  const { default: prompt } = await import('@inquirer/confirm');
  const message = fitQuestion(host, question, ' (y/N) yes');
  return askOnTerminal(host, (context) => prompt({ message, default: false }, context));
}

/** Throws `ConfirmationMissing` if there is no terminal on which `question` can be asked. */
export function requireTerminal({ stdin }: Host, question: string): void {
  if (stdin.isTTY === true) return;
  throw new FanfoldError(
    'ConfirmationMissing',
    `${question} This must be confirmed, and there is no terminal to ask on.`,
    { fault: 'usage', nextStep: 'Check what the command would do, then run it again with --yes.' },
  );
}
