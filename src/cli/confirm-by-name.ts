import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FanfoldError } from '../core/errors.ts';
import type { Host } from './host.ts';

/**
 * Asks on the terminal for the name of what is about to go, which nobody types by accident. Throws
 * `ConfirmationMissing` where nobody can be asked.
 */
export async function confirmByName(
  { stdin, stderr }: Host,
  question: string,
  name: string,
): Promise<boolean> {
  if (stdin.isTTY !== true) {
    throw new FanfoldError(
      'ConfirmationMissing',
      `${question} This has to be confirmed, and there is no terminal to ask on.`,
      { fault: 'usage', nextStep: 'Add --yes where that is meant.' },
    );
  }
  // Standard output may be a file that takes the result.
  stderr.write(`${question} Type ${name} to go on: `);
  const lines = createInterface({ input: stdin });
  try {
    let answer: string | undefined;
    lines.once('line', (line) => {
      answer = line.trim();
      lines.close();
    });
    await once(lines, 'close');
    return answer === name;
  } finally {
    lines.close();
  }
}
