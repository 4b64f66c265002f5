/** Looks for secrets in everything that is taken in, in whatever form they may have got there. */
export interface SecretSearch {
  /** Is looked for in all texts, also those that were taken before it was known. */
  add(...secrets: readonly string[]): void;
  /** @param place what a finding calls it */
  take(place: string, text: string): void;
  /** How many texts were taken. */
  readonly size: number;
  /** The place and the form of each secret that was found, and the text before it; not the secret. */
  findings(): string[];
}

/** A secret that was cut off is one still: so many characters of it are looked for by themselves. */
const PART = 16;

/** Shorter forms would be found by chance. */
const SHORTEST = 8;

export function createSecretSearch(): SecretSearch {
  const secrets = new Set<string>();
  const texts: { place: string; variants: readonly string[] }[] = [];
  return {
    add(...more) {
      for (const secret of more) secrets.add(secret);
    },
    take(place, text) {
      // Lines are wrapped to the width of a terminal, between words and in the middle of long ones.
      const unwrapped = ['', ' '].map((gap) => text.replaceAll(/\s*\n\s*/g, gap));
      texts.push({ place, variants: [text, ...unwrapped] });
    },
    get size() {
      return texts.length;
    },
    findings() {
      const forms = [...secrets].flatMap((secret) => [...formsOf(secret)]);
      return texts.flatMap(({ place, variants }) =>
        forms.flatMap(([form, name]) => {
          const text = variants.find((variant) => variant.includes(form));
          if (text === undefined) return [];
          const at = text.indexOf(form);
          return [
            `${place}: ${name}, after ${JSON.stringify(text.slice(Math.max(0, at - 80), at))}`,
          ];
        }),
      );
    },
  };
}

/** Every form in which a secret might turn up, with a name for it. */
function formsOf(secret: string): Map<string, string> {
  const whole = [secret];
  const parts = secret.length <= PART ? [] : [secret.slice(0, PART), secret.slice(-PART)];
  return new Map(
    [...whole, ...parts].flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const forms: [string, string][] = [
        [text, 'as it is'],
        [JSON.stringify(text).slice(1, -1), 'in JSON'],
        [JSON.stringify(JSON.stringify(text)).slice(3, -3), 'in JSON in JSON'],
        [text.replaceAll(/['"\\]/g, '\\$&'), 'in SQL'],
        [text.replaceAll("'", "''"), 'in SQL'],
        [inHtml(text), 'in HTML'],
        [encodeURIComponent(text), 'in a URL'],
        [encodeURIComponent(text).toLowerCase(), 'in a URL'],
        [encodeURI(text), 'in a URL'],
        [new URLSearchParams([['', text]]).toString().slice(1), 'in a form'],
        [bytes.toString('hex'), 'in hex'],
        [bytes.toString('hex').toUpperCase(), 'in hex'],
        ...inBase64(bytes, 'base64'),
        ...inBase64(bytes, 'base64url'),
      ];
      return forms.filter(([form]) => form.length >= SHORTEST);
    }),
  );
}

/**
 * Base64 of a text that contains the secret, such as `user:password`: how its bytes fall into groups of
 * three depends on how many precede it, and its ends share characters with its neighbors.
 */
function inBase64(bytes: Buffer, encoding: 'base64' | 'base64url'): [string, string][] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replace(/=+$/, '');
    const shared = (before + bytes.length) % 3 === 0 ? 0 : 1;
    const begin = before === 0 ? 0 : before + 1;
    return [text.slice(begin, text.length - shared), `in ${encoding}`];
  });
}

function inHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
