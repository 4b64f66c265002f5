/** Markup that is safe to put into a page. Create it only with {@link html} or {@link trusted}. */
export interface Html {
  readonly markup: string;
}

/** A value in a template: texts are escaped, `false` and `undefined` are omitted. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

/**
 * Creates markup from a template. Every value is escaped unless it is markup itself, so that a tenant may
 * have any name. Attribute values must be quoted in the template.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const markup = parts.reduce((page, part, index) => page + markupOf(values[index - 1]) + part);
  return { markup };
}

/** Markup that is part of the source code, such as a style sheet. Never use it for data. */
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
 * Control characters, except tab and line breaks, which have no meaning in a page; and characters that
 * change the text direction, which could make one name look like another.
 */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

function escapeHtml(text: string): string {
  return text
    .replace(CONTROLS, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
