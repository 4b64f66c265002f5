import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { repository } from './repository.mjs';

const FLAGS =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.InTypeAlias |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;

/**
 * Writes types that are inferred from a schema in full, and leaves out the schemas, which only our own code uses:
 * users of the package do not have zod.
 */
export function plainTypes(dist: string): void {
  const files = globSync('{src,lib}/**/*.d.ts', { cwd: dist })
    .map((file) => join(dist, file))
    .filter((file) => /from ['"]zod['"]/.test(readFileSync(file, 'utf8')));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    exactOptionalPropertyTypes: true,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    // The folder may be anywhere.
    paths: { zod: [join(repository, 'node_modules/zod/index.d.ts')] },
  });
  const checker = program.getTypeChecker();
  // All before any: a file may take a schema of another one.
  const written = files.map((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} cannot be read.`);
    const statements = source.statements.flatMap((statement) => plain(statement, checker));
    return [file, `${statements.join('\n')}\n`] as const;
  });
  for (const [file, text] of written) writeFileSync(file, text);
}

function plain(statement: ts.Statement, checker: ts.TypeChecker): string[] {
  const text = statement.getFullText().trim();
  if (ts.isImportDeclaration(statement)) return /['"]zod['"]/.test(text) ? [] : [text];
  if (ts.isTypeAliasDeclaration(statement)) {
    const type = checker.getTypeAtLocation(statement);
    const comment = text.slice(0, text.indexOf('export type'));
    const whole = checker.typeToString(type, statement, FLAGS);
    if (/\bz\./.test(whole)) throw new Error(`${statement.name.text} is still a type of zod.`);
    return [`${comment}export type ${statement.name.text} = ${whole};`];
  }
  return /\bz\.|typeof \w+Schema\b/.test(text) ? [] : [text];
}
