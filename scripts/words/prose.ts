import ts from 'typescript';

/**
 * `comment` and `text` (a message or a test title) are read as Markdown, as a `document` is: what
 * they quote as code is not judged. A `name` is declared by the code.
 */
export type ProseKind = 'comment' | 'text' | 'document' | 'name';

/** English that a file holds: one paragraph, title, message or name, or a whole document. */
export interface Prose {
  readonly kind: ProseKind;
  readonly words: string;
  /** For each character of `words`, its offset in the file. */
  readonly offsets: readonly number[];
}

/** Folders with string literals that users read. */
const MESSAGES = /^(src|lambdas|lib)\//;
const TITLES = new Set(['it', 'test', 'describe']);

/** A template's `${…}` is read as one character, so that the words around it keep their order. */
const PLACEHOLDER = '…';

/** All prose of a file: a whole Markdown document, or a program's comments, messages and names. */
export function proseOf(path: string, source: string): Prose[] {
  if (path.endsWith('.md')) return [wholeDocument(source)];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  return [
    ...commentsOf(file).flatMap((lines) => paragraphsOf(source, lines)),
    ...textsOf(file, MESSAGES.test(path)),
  ];
}

function wholeDocument(source: string): Prose {
  return {
    kind: 'document',
    words: source,
    offsets: Array.from({ length: source.length }, (_, index) => index),
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Lines of each comment, without the marks around them. Adjacent `//` lines are one comment. */
function commentsOf(file: ts.SourceFile): Range[][] {
  const source = file.text;
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length > 0) {
      for (const child of children) visit(child);
      return;
    }
    for (const find of [ts.getTrailingCommentRanges, ts.getLeadingCommentRanges]) {
      for (const range of find(source, node.pos) ?? []) ranges.set(range.pos, range);
    }
  };
  visit(file);
  const comments: Range[][] = [];
  let previous: ts.CommentRange | undefined;
  for (const range of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    if (range.kind === ts.SyntaxKind.MultiLineCommentTrivia) {
      comments.push(blockLines(source, range));
    } else {
      const line = trimmed(source, range.pos + 2, range.end);
      const between = previous && source.slice(previous.end, range.pos);
      const continues =
        previous?.kind === ts.SyntaxKind.SingleLineCommentTrivia &&
        /^\r?\n[ \t]*$/.test(between ?? '');
      if (continues) comments.at(-1)?.push(line);
      else comments.push([line]);
    }
    previous = range;
  }
  return comments;
}

function blockLines(source: string, comment: ts.CommentRange): Range[] {
  const lines: Range[] = [];
  let start = comment.pos;
  const end = comment.end - '*/'.length;
  while (start <= end) {
    const newline = source.indexOf('\n', start);
    const stop = newline === -1 || newline > end ? end : newline;
    const mark = /^[ \t]*(\/\*+|\*(?!\*))?/.exec(source.slice(start, stop))?.[0].length ?? 0;
    lines.push(trimmed(source, Math.min(start + mark, stop), stop));
    start = stop + 1;
  }
  return lines;
}

function trimmed(source: string, start: number, end: number): Range {
  const text = source.slice(start, end);
  return {
    start: start + (text.length - text.trimStart().length),
    end: Math.max(start, end - (text.length - text.trimEnd().length)),
  };
}

/** A wrapped paragraph becomes one line, so that a term may run over the end of a line. */
function paragraphsOf(source: string, lines: readonly Range[]): Prose[] {
  const paragraphs: Prose[] = [];
  let words = '';
  let offsets: number[] = [];
  let fenced = false;
  const flush = () => {
    if (words !== '') paragraphs.push({ kind: 'comment', words, offsets });
    words = '';
    offsets = [];
  };
  for (const { start, end } of lines) {
    const line = source.slice(start, end);
    if (line.startsWith('```')) {
      fenced = !fenced;
      flush();
      continue;
    }
    if (fenced || line === '' || /^([-*|@]|\d+\.) ?/.test(line)) flush();
    if (fenced || line === '') continue;
    if (words !== '') {
      words += ' ';
      offsets.push(start);
    }
    for (let offset = start; offset < end; offset += 1) {
      words += source[offset];
      offsets.push(offset);
    }
  }
  flush();
  return paragraphs;
}

function textsOf(file: ts.SourceFile, messages: boolean): Prose[] {
  const found: Prose[] = [];
  const visit = (node: ts.Node): void => {
    const name = declaredName(node);
    if (name !== undefined) found.push(literally('name', name.text, name.getStart(file)));
    if (isText(node) && (messages || isTitle(node))) {
      const text = { words: '', offsets: [] as number[] };
      collect(node, file, text);
      // One word is a key or a name, not a sentence; a statement in SQL is not English.
      if (/[a-z]\S* +\S*[a-z]/.test(text.words) && !/^\s*[A-Z]{3,} [A-Z`*(\w]/.test(text.words)) {
        found.push({ kind: 'text', ...withoutIndent(text) });
      }
      // Literals in the placeholders of a template are texts, too.
      if (!ts.isStringLiteralLike(node)) ts.forEachChild(node, visitPlaceholders);
      return;
    }
    ts.forEachChild(node, visit);
  };
  const visitPlaceholders = (node: ts.Node): void => {
    if (ts.isTemplateSpan(node)) visit(node.expression);
    else if (ts.isTemplateExpression(node) || isSum(node)) ts.forEachChild(node, visitPlaceholders);
    else if (!isText(node)) visit(node);
  };
  visit(file);
  return found;
}

function literally(kind: ProseKind, words: string, start: number): Prose {
  return { kind, words, offsets: Array.from(words, (_, index) => start + index) };
}

function withoutIndent({ words, offsets }: { words: string; offsets: number[] }) {
  const indent = words.length - words.trimStart().length;
  return { words: words.slice(indent), offsets: offsets.slice(indent) };
}

function declaredName(node: ts.Node): ts.Identifier | undefined {
  if (ts.isShorthandPropertyAssignment(node) || ts.isPropertyAccessExpression(node)) return;
  if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node)) return;
  const { name } = node as { name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) ? name : undefined;
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** A literal, a template, or a sum of such with others in between. */
function isText(node: ts.Node): boolean {
  if (isSum(node)) return isText(node.left) || isText(node.right);
  return (ts.isStringLiteralLike(node) && !isModuleName(node)) || ts.isTemplateExpression(node);
}

function isModuleName(node: ts.Node): boolean {
  return ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
}

/** The first argument of `it`, `test` and `describe`, also of `it.each(…)` and others like it. */
function isTitle(node: ts.Node): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  let callee: ts.Expression = call.expression;
  while (!ts.isIdentifier(callee)) {
    if (ts.isTaggedTemplateExpression(callee)) callee = callee.tag;
    else if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) {
      callee = callee.expression;
    } else return false;
  }
  return TITLES.has(callee.text);
}

function collect(
  node: ts.Node,
  file: ts.SourceFile,
  text: { words: string; offsets: number[] },
): void {
  const add = (words: string, start: number, step: 0 | 1) => {
    for (let index = 0; index < words.length; index += 1) {
      text.words += words[index];
      text.offsets.push(start + index * step);
    }
  };
  if (isSum(node)) {
    collect(node.left, file, text);
    collect(node.right, file, text);
  } else if (ts.isStringLiteralLike(node)) {
    // Escapes make the literal longer than its text: columns are exact up to the first of them.
    add(node.text.replaceAll('\n', ' '), node.getStart(file) + 1, 1);
  } else if (ts.isTemplateExpression(node)) {
    add(node.head.text.replaceAll('\n', ' '), node.head.getStart(file) + 1, 1);
    for (const { expression, literal } of node.templateSpans) {
      add(PLACEHOLDER, expression.getStart(file), 0);
      add(literal.text.replaceAll('\n', ' '), literal.getStart(file) + 1, 1);
    }
  } else {
    add(PLACEHOLDER, node.getStart(file), 0);
  }
}
