/** Markup that is safe to put into a page as it is. Only {@link html} makes it. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: texts are escaped, `false` and `undefined` are left out. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

/**
 * Makes markup of a template. Every value is escaped unless it is markup itself, so that a tenant
 * may be called whatever it likes. In attributes, quote the value.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const markup = parts.reduce((page, part, index) => page + markupOf(values[index - 1]) + part);
  return { markup };
}

/** Markup that was written by hand, such as a style sheet. Never for what came from outside. */
export function trusted(markup: string): Html {
  return { markup };
}

function markupOf(value: HtmlValue): string {
  if (value === false || value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(markupOf).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Control characters, for which a page has no meaning, but for tab and line breaks; and those that
 * turn the direction of what follows, with which one name could be made to read like another.
 */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

function escapeHtml(text: string): string {
  return text
    .replace(CONTROLS, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
