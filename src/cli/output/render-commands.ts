import type { Invocation } from '../invocation/invocation.ts';
import type { Palette } from './palette.ts';

/** A command of ours in a code span of one backtick or two; variables may be set before it. */
const SPAN = /``((?:\w+=\S+ )*)fanfold ((?:[^`]|`(?!`))+)``|`((?:\w+=\S+ )*)fanfold ([^`]+)`/g;

/** Nothing but the end of a colour between the span and the end of the line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const LINE_END = /^(?:\u001b\[[\d;]*m)*(?:\n|$)/;

/**
 * Shows the commands in a text as the user types them. The backticks go where one sees without them
 * where the command ends: in bold, or at the end of a line. Other code spans stay as they are: SQL and
 * a server's own words have backticks that mean something.
 */
export function renderCommands(text: string, invocation: Invocation, palette: Palette): string {
  if (!text.includes('fanfold ')) return text;
  return text.replace(SPAN, (span, setTwo, wordsTwo, setOne, wordsOne, at: number) => {
    const isDouble = wordsTwo !== undefined;
    const typed = `${setTwo ?? setOne ?? ''}${invocation.commandLine(wordsTwo ?? wordsOne)}`;
    const bold = palette.strong(typed);
    if (bold !== typed || LINE_END.test(text.slice(at + span.length))) return bold;
    return isDouble ? `\`\`${typed}\`\`` : `\`${typed}\``;
  });
}
