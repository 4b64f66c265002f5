import { printable } from '../output/printable.ts';
import type { Host } from '../process/host.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { requireTerminal } from './confirm.ts';
import { fitQuestion } from './fit-question.ts';

/**
 * Asks for the name of whatever is about to be changed, which nobody types by accident. Throws
 * `ConfirmationMissing` if there is no terminal to ask on, and `Declined` if nobody answers.
 */
export async function confirmByName(host: Host, question: string, name: string): Promise<boolean> {
  requireTerminal(host, question);
  // The name as it is shown is what somebody can type: one with control characters is shown escaped.
  const shown = printable(name).trim();
  const { default: prompt } = await import('@inquirer/input');
  const message = fitQuestion(host, `${question} Type ${shown} to confirm:`, ` ${shown}`);
  const typed = await askOnTerminal(host, (context) => prompt({ message }, context));
  return typed.trim() === shown;
}
