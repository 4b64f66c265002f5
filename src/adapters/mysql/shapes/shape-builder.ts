import type { Definition } from '../../../core/shapes/definition.ts';
import {
  type CreateStatement,
  makeShape,
  type Shape,
  type ShapeServer,
} from '../../../core/shapes/shape.ts';
import { collationName } from './column-definition.ts';
import type { ListedDatabase, ListedObject } from './list-objects.ts';
import { DEFINER, storedDefinition, unquoted, withoutStart } from './stored-definition.ts';
import { tableDefinitions } from './table-definitions.ts';

/** Objects whose definitions are kept, so that each text is read once; a fleet has few different ones. */
const MOST_KEPT = 20_000;

/** Makes shapes of the statements that servers show; equal objects of different databases share their memory. */
export class ShapeBuilder {
  readonly #server: ShapeServer;
  readonly #ofCharset: (charset: string) => string;
  readonly #kept = new Map<string, Kept>();

  /** @param defaults the default collation of each character set of the server */
  constructor(server: ShapeServer, defaults: ReadonlyMap<string, string>) {
    this.#server = server;
    this.#ofCharset = (charset) => defaults.get(charset.toLowerCase()) ?? `${charset} (default)`;
  }

  /**
   * @param statements of the listed objects, in the same order
   * @param of.users users who count as one when they define an object
   * @param of.unseen kinds of objects that the login cannot see
   */
  shapeOf(
    listed: ListedDatabase,
    statements: readonly CreateStatement[],
    of: { readonly users: readonly string[]; readonly unseen: readonly string[] },
  ): Shape {
    const users = new Set(of.users.map((user) => user.toLowerCase()));
    const kept = listed.objects.map((object, at) =>
      this.#read(object, statements[at] as CreateStatement, users),
    );
    const collation = collationName(listed.collation);
    return makeShape({
      server: this.#server,
      charset: listed.charset,
      collation,
      statements: kept.map(({ statement }) => statement),
      definitions: [
        { kind: 'database', name: '', text: `COLLATE ${collation}` },
        ...of.unseen.map((name): Definition => ({ kind: 'unseen', name, text: '' })),
        ...kept.flatMap(({ definitions }) => definitions),
      ],
    });
  }

  #read(object: ListedObject, statement: CreateStatement, users: ReadonlySet<string>): Kept {
    const isTable = object.kind === 'table';
    const key = JSON.stringify([object, statement, ...(isTable ? [] : [...users].sort())]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const { name, rowFormat = '', table, place, isInvoker, startsByDefault = false } = object;
    const definitions = isTable
      ? tableDefinitions({ name, sql: statement.sql, rowFormat }, this.#ofCharset)
      : [
          storedDefinition(
            {
              statement,
              table,
              place,
              isInvoker: isInvoker ?? / SQL SECURITY INVOKER VIEW /.test(statement.sql),
              startsByDefault,
            },
            users,
          ),
        ];
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const own = withoutOwnDefiner(statement, users);
    const created = startsByDefault ? { ...own, sql: withoutStart(own.sql) } : own;
    const kept = { statement: created, definitions };
    this.#kept.set(key, kept);
    return kept;
  }
}

/** The login that creates the object defines it then. */
function withoutOwnDefiner(
  statement: CreateStatement,
  users: ReadonlySet<string>,
): CreateStatement {
  const [clause, user] = DEFINER.exec(statement.sql) ?? [];
  if (clause === undefined || !users.has(unquoted(user ?? '').toLowerCase())) return statement;
  return { ...statement, sql: statement.sql.replace(clause, () => '') };
}

interface Kept {
  readonly statement: CreateStatement;
  readonly definitions: readonly Definition[];
}
