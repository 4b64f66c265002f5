import { COMMAND_SPAN } from '../../core/wording/command-span.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Palette } from './palette.ts';

/** The end of a line, perhaps after the end of a color. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const LINE_END = /^(?:\u001b\[[\d;]*m)*(?:\n|$)/;

/**
 * Shows the commands in a text as the user types them. The backticks are dropped if the end of the command is
 * visible without them: in bold, or at the end of a line. Other code spans are kept, because backticks mean
 * something in SQL and in messages of a server.
 */
export function renderCommands(text: string, invocation: Invocation, palette: Palette): string {
  if (!text.includes('fanfold ')) return text;
  return text.replace(COMMAND_SPAN, (span, setTwo, wordsTwo, setOne, wordsOne, at: number) => {
    const isDouble = wordsTwo !== undefined;
    const typed = `${setTwo ?? setOne ?? ''}${invocation.commandLine(wordsTwo ?? wordsOne)}`;
    const bold = palette.strong(typed);
    if (bold !== typed || LINE_END.test(text.slice(at + span.length))) return bold;
    return isDouble ? `\`\`${typed}\`\`` : `\`${typed}\``;
  });
}
