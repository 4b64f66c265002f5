import { type Html, html } from './html.ts';

/**
 * A text of ours in which what is there to be copied is marked up as code: commands of ours, which stand
 * between backticks, one or two on either side, and statements for an administrator, which end with a
 * semicolon. Other backticks are a server's, and stay as they are.
 */
export function richText(text: string): Html {
  const parts: Html[] = [];
  let from = 0;
  for (const match of text.matchAll(COPIED)) {
    parts.push(html`${text.slice(from, match.index)}<code>${codeOf(match)}</code>`);
    from = match.index + match[0].length;
  }
  return html`${parts}${text.slice(from)}`;
}

/**
 * The first part of a text that is there to be copied, apart from what leads to it: for a place without room
 * for the rest. With `instead` that is put in its place, or at the end if there is no such part.
 */
export function splitCommand(
  text: string,
  instead?: string,
): { readonly prose: string; readonly command?: string | undefined } {
  const [first] = text.matchAll(COPIED);
  if (first === undefined) return { prose: text, command: instead };
  return { prose: text.slice(0, first.index).trimEnd(), command: instead ?? codeOf(first) };
}

const COPIED =
  /``((?:\w+=\S+ )*fanfold (?:[^`]|`(?!`))+)``|`((?:\w+=\S+ )*fanfold [^`]+)`|\b(?:GRANT|CREATE USER|CREATE DATABASE|ALTER USER|KILL) [^;]+;/g;

function codeOf([whole, fenced, plain]: RegExpExecArray): string {
  return fenced ?? plain ?? whole;
}
