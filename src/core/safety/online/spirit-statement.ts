/** A change, as Spirit knows it. */
export interface SpiritChangeText {
  readonly workName: string;
  readonly clauses: string;
}

/**
 * The clauses that Spirit is given. FORCE keeps it from trying the change in place, which would go on if Spirit were
 * killed. The comment tells checkpoints of this change from others of the same text.
 */
export function spiritClauses({ workName, clauses }: SpiritChangeText): string {
  return `${clauses}, FORCE /* ${workName} */`;
}

/** The statement that Spirit 0.12.0 writes into its checkpoints. */
export function spiritStatement(table: string, change: SpiritChangeText): string {
  return `ALTER TABLE \`${table}\` ${spiritClauses(change)}`;
}
