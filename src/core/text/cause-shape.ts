import { hashText } from './hash-text.ts';

/** A message may repeat a whole file; the part that distinguishes causes is at its beginning. */
const READ = 4_000;
/** Longer shapes end with a hash of the whole: a fingerprint has to stay small. */
const LIMIT = 160;

/**
 * The shape of a message: its text without values, so that one error of two
 * tenants is one cause and two errors are two. Numbers, quoted texts, ids, addresses, paths, dates and
 * JSON become `?`, and so do `names`, those of the tenant itself. It is only compared and never shown.
 */
export function causeShape(text: string, names: readonly string[] = []): string {
  const whole = withoutNames(text.slice(0, READ), names);
  const valueless = withoutDates(withoutQuoted(withoutBracketed(whole)));
  const shape = valueless
    .split(/\s+/)
    .filter(Boolean)
    .map(shapeOf)
    .join(' ')
    .replace(/\?(?:,? and \? more|,? ?…|\.{3})/g, '?')
    .replace(/\?(?:(?: ?[,;] ?| (?:and|or) | )\?)+/g, '?');
  return shape.length <= LIMIT
    ? shape
    : `${shape.slice(0, LIMIT - 20)}…${hashText(shape).toString(36)}`;
}

/** Names that are shorter are found in ordinary words. */
const SHORTEST_NAME = 4;

function withoutNames(text: string, names: readonly string[]): string {
  const longestFirst = [...new Set(names)]
    .filter((name) => name.trim().length >= SHORTEST_NAME)
    .sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return text;
  const any = longestFirst.map(literally).join('|');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])(?:${any})(?![\\p{L}\\p{N}_])`, 'giu'), '?');
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** JSON and lists. A bracket that nothing closes stays, as does a word in brackets: `[WARN]`. */
function withoutBracketed(text: string): string {
  const opened: number[] = [];
  const closedBy = new Map<number, number>();
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') opened.push(at);
    if (character !== '}' && character !== ']') continue;
    const start = opened.at(-1);
    if (start === undefined || text[start] !== (character === '}' ? '{' : '[')) continue;
    opened.pop();
    closedBy.set(start, at);
  }
  let shape = '';
  for (let at = 0; at < text.length; at += 1) {
    const end = closedBy.get(at);
    if (end === undefined || /^\[[\p{L}_]+\]$/u.test(text.slice(at, end + 1))) shape += text[at];
    else {
      shape += '?';
      at = end;
    }
  }
  return shape;
}

/**
 * An apostrophe inside a word, or after one, opens nothing. The names of properties in messages of
 * JavaScript itself are the code's, not the tenant's.
 */
const QUOTED =
  /(reading|setting) '([\w$]+)'|(?<![\p{L}\p{N}])'(?:[^'\n]|'(?=[\p{L}\p{N}]))*'|"[^"\n]*"|`[^`\n]*`|“[^”\n]*”|‘[^’\n]*’|«[^»\n]*»/gu;

function withoutQuoted(text: string): string {
  return text.replace(QUOTED, (_quoted, verb, name) =>
    name === undefined ? '?' : `${verb} ${name}`,
  );
}

/** One word, without the value that it is or holds. */
function shapeOf(word: string): string {
  const [, before = '', inner = '', after = ''] =
    /^([(<[]*)(.*?)([)\]>.,;:!?…]*)$/su.exec(word) ?? [];
  // A text that was cut already ends with the placeholder.
  if (inner === '' || word.includes('?')) return cutAround(word);
  const free = valueFree(inner);
  // A full stop may belong to the value or to the sentence.
  return `${before}${free}${free === inner ? after : after.replace(/[^)\]>:]/g, '')}`;
}

/** `tenant=?,` and `?/file`: what touches a value belongs to it, except the name that it is given. */
function cutAround(word: string): string {
  const [, name = '', after = ''] =
    /^([(]*[\p{L}_][\p{L}\p{N}_.-]*(?:=|:(?![/\\])))?.*?([)\]>:]*)[,.;!?…]*$/su.exec(word) ?? [];
  return `${name}?${after}`;
}

function valueFree(inner: string): string {
  const named = /^([\p{L}_][\p{L}_.-]*(?:=|:(?![:/\\])))(.+)$/su.exec(inner);
  if (named !== null) return `${named[1]}?`;
  return isValue(inner) ? '?' : inner;
}

function isValue(word: string): boolean {
  return (
    /\p{N}/u.test(word) ||
    /^-?(?:NaN|Infinity)$/.test(word) ||
    /.@./.test(word) ||
    isPath(word) ||
    /^[a-f]{8,}$/i.test(word) ||
    isRandom(word)
  );
}

/** A path or a URL, but not `and/or`. */
function isPath(word: string): boolean {
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|[A-Za-z]:[/\\])/.test(word) ||
    word.includes('://') ||
    /[/\\].*[/\\.]/.test(word)
  );
}

/** Text of random letters changes its case far more often than `camelCase` does. */
function isRandom(word: string): boolean {
  if (word.length < 16 || !/^[\w+/=-]+$/.test(word)) return false;
  return (word.match(/[a-z][A-Z]/g)?.length ?? 0) > word.length / 5;
}

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';

/** A date in words, as JavaScript writes it and as people do, with the time and the zone that follow it. */
const DATE = new RegExp(
  `(?:\\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +)?\\b(?:\\d{1,2}\\.? ${MONTH},?|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,?)(?: -?\\d{2,6})?(?:,? \\d{1,2}:\\d{2}[\\d:.]*)?(?: ?(?:gmt|utc|[ap]m)\\b)?(?:[+-]\\d{2}:?\\d{2})?(?: \\([^()]*\\))?`,
  'gi',
);

/** `12:30 PM` */
const ZONE = /(\d) (?:gmt|utc|[ap]m)\b/gi;

function withoutDates(text: string): string {
  return text.replace(DATE, '?').replace(ZONE, '$1');
}
