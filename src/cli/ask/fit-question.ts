import { createLook } from '../output/look.ts';
import { printable } from '../output/printable.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { Host } from '../process/host.ts';

/** The mark that Inquirer puts before a question, and the space after it. */
const MARK = '? ';

/**
 * A question wrapped so that `answer`, typed after it, is still on its last line. Inquirer wraps long
 * questions by itself, but then draws the cursor in the wrong column.
 */
export function fitQuestion({ stderr }: Host, question: string, answer: string): string {
  const width = createLook(stderr).width - MARK.length - answer.length;
  return wrapText(printable(question), width, MARK.replaceAll(/./g, ' ')).join('\n');
}
