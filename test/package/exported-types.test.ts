import { resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ENTRIES = ['src/api/index.ts', 'src/api/service.ts', 'lib/tenant-migrations.ts'];

test.each(ENTRIES)(
  '%s exports every type that its functions take as a parameter, or that is part of one',
  (entry) => {
    expect(forgottenTypes(entry)).toEqual([]);
  },
  // The first entry that is checked makes the compiler read the declarations of the CDK.
  120_000,
);

/** Named types of this repository that parameters of an entry's exports refer to, and that it does not export. */
function forgottenTypes(entry: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(resolve(entry));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} is not a module.`);
  const exported = new Set(
    checker
      .getExportsOfModule(module)
      .map((symbol) =>
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      ),
  );
  const seen = new Set<ts.Symbol>();
  const forgotten = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
      take(checker.getSymbolAtLocation(name));
    }
    ts.forEachChild(node, visit);
  };
  const take = (found: ts.Symbol | undefined): void => {
    if (found === undefined) return;
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      const file = declaration.getSourceFile().fileName;
      if (file.includes('/node_modules/')) continue;
      if (ts.isTypeParameterDeclaration(declaration)) continue;
      if (!exported.has(symbol)) forgotten.add(symbol.name);
      // A caller of a class only has to name the types of its parameters, which are visited below.
      if (ts.isClassDeclaration(declaration)) continue;
      visit(declaration);
    }
  };
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      if (ts.isFunctionDeclaration(declaration)) {
        for (const { type } of declaration.parameters) if (type) visit(type);
      }
      if (ts.isClassDeclaration(declaration)) {
        for (const member of declaration.members) {
          if (!ts.isConstructorDeclaration(member) && !ts.isMethodDeclaration(member)) continue;
          if (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) continue;
          for (const { type } of member.parameters) if (type) visit(type);
        }
      }
    }
  }
  return [...forgotten].sort();
}

const program = ts.createProgram(
  ENTRIES.map((entry) => resolve(entry)),
  {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
);
