import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FanfoldError } from '../core/errors.ts';
import type { Host } from './host.ts';

/**
 * Asks on the terminal and takes "y" or "yes" for a yes. Throws `ConfirmationMissing` where nobody can
 * be asked.
 */
export async function confirm({ stdin, stderr }: Host, question: string): Promise<boolean> {
  if (stdin.isTTY !== true) {
    throw new FanfoldError(
      'ConfirmationMissing',
      'This has to be confirmed, and there is no terminal to ask on.',
      {
        fault: 'usage',
        nextStep: 'Look at what it would do; then run it with --yes.',
      },
    );
  }
  // Standard output may be a file that takes the result.
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin });
  try {
    let answer = '';
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    await once(lines, 'close');
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
