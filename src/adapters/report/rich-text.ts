import { type Html, html } from './html.ts';

/**
 * Marks up the parts of a text that people copy as code: Fanfold's commands, which are between single or
 * double backticks, and statements for an administrator, which end with a semicolon. Other backticks come
 * from a server and stay unchanged.
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
 * Splits a text into the prose before its first command and that command, and drops the rest, for places
 * with little room. `instead` replaces the command, or is added if the text has none.
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
